"""What all checks share: their messages, and the servers that settings name."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.checks import CheckMessage, Error, Warning


def fault(number: int, text: str, hint: str) -> CheckMessage:
    return Error(text, hint=hint, id=f"vrs_app.E{number:03d}")


def caution(number: int, text: str, hint: str) -> CheckMessage:
    """Something that works, and surely not as it is meant."""
    return Warning(text, hint=hint, id=f"vrs_app.W{number:03d}")


def addresses(value: Any) -> Iterator[SplitResult]:
    """Those of a cache's LOCATION or of Celery's `broker_url`, be it one or several.

    What cannot be read as an address is passed over: its own library says why.
    """
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, Sequence):
        return
    for address in (part for each in several for part in str(each).replace(",", ";").split(";")):
        try:
            parts = urlsplit(address.strip())
            _ = parts.port  # which is read only now, and may be none
        except ValueError:
            continue
        yield parts
