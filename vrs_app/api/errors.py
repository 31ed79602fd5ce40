"""Exception handlers: which response an error of the request or of ours becomes."""

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
    """503 with Retry-After after `wait` seconds; the cause is logged, not shown."""

    status_code = 503
    default_detail = _("Recommendations are not available at the moment. Try again later.")
    default_code = "unavailable"

    def __init__(self, detail: Any = None, *, wait: int = RETRY_SECONDS) -> None:
        self.wait = wait
        super().__init__(detail)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler, with database errors (Django's Error) as 503.

    None for an exception that it does not handle, which then becomes a 500.
    """
    if isinstance(error, Error):
        return _unavailable(error, context)
    response = exception_handler(error, context)
    if response is not None:
        response.data = _encodable(response.data)
    return response


def _encodable(data: Any) -> Any:
    """`data` with lone surrogates escaped: messages quote the request, UTF-8 has none."""
    if isinstance(data, Mapping):
        return {_encodable(name): _encodable(each) for name, each in data.items()}
    if isinstance(data, list):
        return [_encodable(each) for each in data]
    if isinstance(data, str):
        return data.encode(errors="backslashreplace").decode()
    return data


def handle_any(error: Exception, context: dict[str, Any]) -> Response | None:
    """As `handle`, with every other exception as 503 too; raised with DEBUG, for the author."""
    response = handle(error, context)
    if response is None and not settings.DEBUG:
        return _unavailable(error, context)
    return response


def _unavailable(error: Exception, context: dict[str, Any]) -> Response | None:
    logger.error("%s got no answer: %r", context["view"].get_view_name(), error, exc_info=error)
    return exception_handler(Unavailable(), context)
