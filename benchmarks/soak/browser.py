"""An HTTP client that keeps cookies, follows no redirect, and times each answer."""

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
from .urls import RAISED_IN

TIMEOUT = 30
"""Seconds after which a request counts as not answered."""

NO_ANSWER = 0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response and its time. `status` is NO_ANSWER where none came.

    `where` is the file of the project in which a page failed; `location` that of a redirect.
    """

    path: str
    status: int
    text: str
    where: str
    location: str
    span: Span


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


class Browser:
    def __init__(self, address: str) -> None:
        self._address = address
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),  # the shop is on this machine
            urllib.request.HTTPCookieProcessor(self._cookies),
            _NoRedirects,
        )

    def get(self, path: str) -> Answer:
        return self._request(path, None, {})

    def post(self, path: str, form: Mapping[str, object]) -> Answer:
        """Post a multipart form, which may hold files, with Django's CSRF token."""
        from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

        token = self.cookie("csrftoken")
        fields = {**form, "csrfmiddlewaretoken": token} if token else {**form}
        body = encode_multipart(BOUNDARY, fields)
        return self._request(path, body, {"Content-Type": MULTIPART_CONTENT})

    def cookie(self, name: str) -> str:
        return next((each.value or "" for each in self._cookies if each.name == name), "")

    def _request(self, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        request = urllib.request.Request(self._address + path, body, dict(headers))
        began = time.monotonic()
        status, content, received = self._open(request)
        return Answer(
            path=path,
            status=status,
            text=content.decode(errors="replace"),
            where=received.get(RAISED_IN, ""),
            location=received.get("Location", ""),
            span=Span(began=began, ended=time.monotonic()),
        )

    def _open(self, request: urllib.request.Request) -> tuple[int, bytes, Message]:
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), error.headers
        except (OSError, HTTPException) as error:
            return NO_ANSWER, repr(error).encode(), Message()
