"""One line an event, whatever its values hold, and the same for machines."""

import json
import logging
import re
from typing import Any

import pytest

from vrs_app.infra.log import EventLog, format_value

NAME = "vrs_app.of_this_test"
LINE = re.compile(r'\w+(?: \w+=(?:"(?:[^"\\]|\\.)*"|[^\s"]+))*')
"""An event and its fields: nothing else may stand in a line."""


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> EventLog:
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    caplog.set_level(logging.INFO, NAME)
    return EventLog(NAME)


def test_an_event_is_its_name_and_its_fields(
    log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.info("picture_ready", product=7, image=9, seconds=0.12345, again=True, left_out=None)
    assert caplog.messages == ["picture_ready product=7 image=9 seconds=0.123 again=true"]


def test_each_field_is_one_of_the_record_for_formatters_of_json(
    log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.warning("picture_failed", product=7, code="damaged", error=OSError("gone"))
    [record] = caplog.records
    told: Any = vars(record)
    assert (told["event"], told["product"], told["code"]) == ("picture_failed", 7, "damaged")
    assert json.dumps(told["error"]) == '"OSError: gone"'
    assert record.filename == "test_log.py"
    assert record.msg == "picture_failed product=%s code=%s error=%s"


@pytest.mark.parametrize(
    "name",
    [
        "red dress.jpg",
        "x.jpg\npicture_ready product=1 image=1",
        "x.jpg\r\nERROR forged",
        'x" code="damaged.jpg',
        "x\\",
        "\x1b[2J\x00\x85\u2028\u202egpj.x",
        "\ud800",
        "%s %(message)s {x}",
        "",
    ],
)
def test_no_file_name_can_forge_a_line(
    log: EventLog, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    log.warning("picture_failed", file=name, code="empty")
    [line] = caplog.messages
    assert LINE.fullmatch(line), line
    assert line.isprintable()
    assert line.endswith(" code=empty")
    line.encode()


def test_a_name_in_any_language_stays_readable() -> None:
    assert format_value("products/漢字-été.jpg") == "products/漢字-été.jpg"
    assert format_value("two words") == '"two words"'


def test_a_picture_or_a_password_never_gets_into_a_line(
    log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.error("x", error=ValueError(b"\xff\xd8\xff"), url="redis://:secret@host/0", data=b"\xff")
    [line] = caplog.messages
    assert line == "x error=\"ValueError: b'…'\" url=redis://***@host/0 data=\"b'…'\""
    assert "secret" not in str(vars(caplog.records[0]))


def test_a_stack_is_shown_where_it_is_asked_for_alone(
    log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    error = ValueError("a fault of the shop's own code")
    log.error("x", error=error)
    log.error("x", error=error, stack=error)
    assert [bool(record.exc_info) for record in caplog.records] == [False, True]
