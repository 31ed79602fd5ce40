"""Shared by all checks: building their messages, and parsing URLs of servers."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.checks import CheckMessage, Error, Warning


def error_message(number: int, text: str, hint: str) -> CheckMessage:
    """An error with the id `vrs_app.E` and a number of three digits."""
    return Error(text, hint=hint, id=f"vrs_app.E{number:03d}")


def warning_message(number: int, text: str, hint: str) -> CheckMessage:
    """A warning, `vrs_app.W…`: it works, but hardly as intended."""
    return Warning(text, hint=hint, id=f"vrs_app.W{number:03d}")


def addresses(value: Any) -> Iterator[SplitResult]:
    """The parsed URLs of a cache's LOCATION or Celery's `broker_url`, one or several.

    What cannot be parsed is skipped: its own library reports it.
    """
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, Sequence):
        return
    for address in (part for each in several for part in str(each).replace(",", ";").split(";")):
        try:
            parts = urlsplit(address.strip())
            _ = parts.port  # parsed only now; raises ValueError if it is no number
        except ValueError:
            continue
        yield parts
