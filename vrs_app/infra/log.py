"""The pipeline's log: one line per event, `event key=value …`.

`event` and each value are also fields of the log record (`extra`), for the shop's JSON
formatter. Values are escaped, so that none can start a line of its own, and passwords and a
file's bytes are masked.
"""

import logging
import re

from .redaction import MAX_LENGTH, describe_error, masked

Value = bool | int | float | str

_BARE = re.compile(r"[\w./:@+,~%*-]+")


class EventLog:
    """Logs the events of one module. A field that is None is left out.

    An error given as a field is logged in one line. Pass `stack` for a fault of our code or
    of the shop's, never for a bad picture: its stack trace follows.
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
        values = {key: _field_value(value) for key, value in fields.items() if value is not None}
        # One template per event and set of fields: error trackers group records by it.
        template = " ".join([event, *(f"{key}=%s" for key in values)])
        texts = [format_value(value) for value in values.values()]
        extra = {"event": event, **values}
        self._logger.log(level, template, *texts, extra=extra, exc_info=stack, stacklevel=3)


def format_value(value: Value) -> str:
    """`value` as its line shows it: bare if it is one plain word, else quoted and escaped."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _BARE.fullmatch(text) else f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def _field_value(value: object) -> Value:
    """`value` as the record holds it: numbers as they are, all else as masked, cut text."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, int):  # a bool is one
        return value
    text = describe_error(value) if isinstance(value, BaseException) else masked(str(value))
    return text[:MAX_LENGTH]
