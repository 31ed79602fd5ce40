"""The log of the pipeline: one line an event, `event key=value …`.

Each value is also a field of the log record (`extra`), beside `event` itself, so that a
JSON formatter of the shop's gets them apart. No value can begin a line of its own, and none
holds a password or a file's bytes.
"""

import logging
import re

from .redaction import LONGEST, described, masked

Value = bool | int | float | str

_BARE = re.compile(r"[\w./:@+,~%*-]+")


class EventLog:
    """Writes the events of one module. A field that is None is left out.

    An error given as a field is told in one line; `stack` is for a fault of ours or of the
    shop's own code, never for a bad picture.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, **fields: object) -> None:
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, *, stack: BaseException | None = None, **fields: object) -> None:
        self._write(logging.ERROR, event, fields, stack)

    def _write(
        self,
        level: int,
        event: str,
        fields: dict[str, object],
        stack: BaseException | None = None,
    ) -> None:
        values = {key: _plain(value) for key, value in fields.items() if value is not None}
        # One template an event, by which tools that gather errors tell them apart.
        template = " ".join([event, *(f"{key}=%s" for key in values)])
        texts = [written(value) for value in values.values()]
        extra = {"event": event, **values}
        self._logger.log(level, template, *texts, extra=extra, exc_info=stack, stacklevel=3)


def written(value: Value) -> str:
    """A value as its line shows it: bare where it is one plain word, else quoted."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _BARE.fullmatch(text) else f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def _plain(value: object) -> Value:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, int):  # a bool is one
        return value
    text = described(value) if isinstance(value, BaseException) else masked(str(value))
    return text[:LONGEST]
