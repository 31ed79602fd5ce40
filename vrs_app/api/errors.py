"""What a question is answered with when something is wrong with it, or with us."""

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import Error
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler

logger = logging.getLogger(__name__)

RETRY_SECONDS = 10


class Unavailable(APIException):
    """Like the carousel of a page: whatever went wrong, the log says it and nobody else."""

    status_code = 503
    default_detail = _("Recommendations are not available at the moment. Try again later.")
    default_code = "unavailable"

    def __init__(self, detail: Any = None, *, wait: int = RETRY_SECONDS) -> None:
        self.wait = wait
        super().__init__(detail)


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """A database error is a 503: no extension, a statement's time ran out, no connection."""
    if isinstance(error, Error):
        return _unavailable(error, context)
    response = exception_handler(error, context)
    if response is not None:
        response.data = _encodable(response.data)
    return response


def _encodable(said: Any) -> Any:
    """What was sent is quoted, and half a surrogate pair can be sent but not answered."""
    if isinstance(said, Mapping):
        return {_encodable(name): _encodable(each) for name, each in said.items()}
    if isinstance(said, list):
        return [_encodable(each) for each in said]
    if isinstance(said, str):
        return said.encode(errors="backslashreplace").decode()
    return said


def answer_anything(error: Exception, context: dict[str, Any]) -> Response | None:
    """For what is put into pages: never a 500, but an author shall see a mistake of theirs."""
    response = answer(error, context)
    if response is None and not settings.DEBUG:
        return _unavailable(error, context)
    return response


def _unavailable(error: Exception, context: dict[str, Any]) -> Response | None:
    logger.error("%s got no answer: %r", context["view"].get_view_name(), error, exc_info=error)
    return exception_handler(Unavailable(), context)
