"""A visitor's browser: keeps cookies, follows nothing, and times each answer."""

import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any

from .timeline import Span
from .urls import WHERE

PATIENCE = 30
"""Seconds; more is an answer that never came."""

NO_ANSWER = 0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, and when; `where` is the file in which a page failed, `location`
    where a browser would go next."""

    path: str
    status: int
    text: str
    where: str
    location: str
    span: Span


class _FollowNothing(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


class Browser:
    def __init__(self, address: str) -> None:
        self._address = address
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),  # the shop is on this machine
            urllib.request.HTTPCookieProcessor(self._cookies),
            _FollowNothing,
        )

    def get(self, path: str) -> Answer:
        return self._ask(path, None, {})

    def post(self, path: str, form: Mapping[str, object]) -> Answer:
        """A form, with files in it, and with the token that Django's pages carry."""
        from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

        token = self.cookie("csrftoken")
        fields = {**form, "csrfmiddlewaretoken": token} if token else {**form}
        body = encode_multipart(BOUNDARY, fields)
        return self._ask(path, body, {"Content-Type": MULTIPART_CONTENT})

    def cookie(self, name: str) -> str:
        return next((each.value or "" for each in self._cookies if each.name == name), "")

    def _ask(self, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        request = urllib.request.Request(self._address + path, body, dict(headers))
        began = time.monotonic()
        status, content, told = self._answered(request)
        return Answer(
            path=path,
            status=status,
            text=content.decode(errors="replace"),
            where=told.get(WHERE, ""),
            location=told.get("Location", ""),
            span=Span(began=began, ended=time.monotonic()),
        )

    def _answered(self, request: urllib.request.Request) -> tuple[int, bytes, Message]:
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), error.headers
        except (OSError, HTTPException) as error:
            return NO_ANSWER, repr(error).encode(), Message()
