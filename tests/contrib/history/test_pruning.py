"""What is too old is forgotten, a chunk at a time."""

import logging

import pytest
from pytest_django import Settings

from vrs_app.contrib.history import pruning, tasks
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.shopper import Shopper

from ...conftest import MakeShown
from .conftest import Did

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(shopper: Shopper, make_shown: MakeShown, did: Did) -> None:
    """Seven that are too old, and two that are not."""
    did(shopper, "viewed", *(make_shown() for _ in range(7)), days=366)
    did(shopper, "viewed", *(make_shown() for _ in range(2)), days=364)


def test_what_is_older_than_the_settings_say_goes(rows: None, settings: Settings) -> None:
    assert pruning.prune() == (7, False)
    assert InteractionRow.objects.count() == 2
    assert pruning.prune() == (0, False)
    settings.VRS = settings.VRS | {"HISTORY_DAYS": 30}
    assert pruning.prune() == (2, False)


def test_it_goes_a_chunk_at_a_time(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "DELETE_BATCH_SIZE", 3)
    assert pruning.prune(seconds=0) == (3, True)
    assert pruning.prune() == (4, False)


def test_the_task_asks_for_the_rest(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(pruning, "DELETE_BATCH_SIZE", 3)
    monkeypatch.setattr(tasks, "SECONDS_A_TASK", 0)
    monkeypatch.setattr(tasks, "send", sent.append)
    for _ in range(3):
        tasks.prune()
    assert sent == [tasks.prune] * 2
    assert InteractionRow.objects.count() == 2


def test_a_broker_that_does_not_answer_is_no_error(
    rows: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pruning, "DELETE_BATCH_SIZE", 3)
    monkeypatch.setattr(tasks, "SECONDS_A_TASK", 0)
    monkeypatch.setattr(tasks, "send", lambda task: 1 / 0)
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    tasks.prune()
    assert "beat will do so" in caplog.text


def test_beat_asks_for_the_task_that_there_is(settings: Settings) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["vrs-history"]
    assert entry["task"] == tasks.prune.name
