from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from vrs_app.indexing.outbox import state
from vrs_app.indexing.outbox.state import Failure, OutboxState, Waiting
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Change, Heartbeat

pytestmark = pytest.mark.django_db

AN_HOUR = timedelta(hours=1)


def change(product: str = "", seconds: int = 0, after: int | None = None, **fields: Any) -> Change:
    """A row of the outbox, `seconds` old, free in `after` seconds."""
    row = Change.objects.create(product=product, **fields)
    not_before = None if after is None else Now() + timedelta(seconds=after)
    noted_at = Now() - timedelta(seconds=seconds)
    Change.objects.filter(pk=row.pk).update(noted_at=noted_at, not_before=not_before)
    return row


def beat(part: Part, ago: timedelta) -> None:
    Heartbeat.objects.create(part=part, beaten_at=timezone.now() - ago)


def test_an_empty_outbox_takes_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(2):
        assert state.read() == OutboxState()


def test_rows_are_counted_and_the_oldest_has_its_age(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    change("1", 40)
    change("2", 12)
    change("3")
    with django_assert_num_queries(3):
        found = state.read()
    assert (found.rows, found.failed, found.failures) == (3, 0, [])
    assert found.oldest_seconds in (40, 41)
    assert found.due_seconds in (40, 41)


def test_ages_are_by_the_databases_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    change("1", 12)
    wrong = timezone.now() + AN_HOUR
    monkeypatch.setattr("django.utils.timezone.now", lambda: wrong)
    assert state.read().oldest_seconds in (12, 13)


def test_a_row_of_the_future_is_no_age() -> None:
    change("1", -3600)
    assert state.read().oldest_seconds == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"token": uuid4(), "attempts": 1, "after": 100},
        {"error": "ValueError", "after": 100},
        {"error": "ValueError", "after": -1},
        {"token": uuid4(), "attempts": 3, "after": -1},
    ],
    ids=["claimed", "retried later", "retried now", "given up"],
)
def test_what_is_claimed_or_failed_is_not_due(fields: dict[str, Any]) -> None:
    change("1", 900, **fields)
    change("2", 20)
    found = state.read()
    assert found.oldest_seconds in (900, 901)
    assert found.due_seconds in (20, 21)


def test_what_lost_its_worker_is_due() -> None:
    change("1", 900, token=uuid4(), attempts=1, after=-1)
    assert state.read().due_seconds in (900, 901)


def test_failures_are_named_by_product_with_their_retries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    change("7", 90, error="ValueError: no title", after=40)
    change("7", 80, error="ValueError: no title", after=50, model="shop.product", key="7")
    change("8", 70, token=uuid4(), attempts=3, after=-1)
    change("", 60, error="KeyError: 1", after=-5, model="shop.category", key="3")
    with django_assert_num_queries(3):
        found = state.read()
    assert found.failed == 4
    assert [each.name for each in found.failures] == ["product 7", "product 8", "shop.category 3"]
    assert [each.error for each in found.failures] == ["ValueError: no title", "", "KeyError: 1"]
    first, given_up, overdue = (each.retried_in for each in found.failures)
    assert first in (39, 40)
    assert (given_up, overdue) == (None, 0)


def test_the_first_few_failures_are_named() -> None:
    for number in range(10):
        change(str(number), error="ValueError")
    found = state.read()
    assert found.failed == 10
    assert [each.product for each in found.failures] == ["0", "1", "2", "3", "4"]
    assert isinstance(found.failures[0], Failure)


@pytest.mark.parametrize(
    ("worker", "outbox", "is_old"),
    [
        (None, None, False),
        (None, 10, False),
        (10, None, True),
        (0, 3600, True),
        (0, 350, False),
        (0, 370, True),
        (3600, 0, False),
        (-3600, 0, False),
        (-3600, None, False),
    ],
)
def test_a_worker_that_embeds_and_does_not_drain_is_old(
    worker: int | None, outbox: int | None, is_old: bool, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"BATCH_TIME_LIMIT": 300}
    for part, ago in ((Part.WORKER, worker), (Part.OUTBOX, outbox)):
        if ago is not None:
            beat(part, timedelta(seconds=ago))
    assert state.worker_is_old() is is_old
    assert state.read().worker_is_old is is_old


def test_a_batch_may_take_its_time(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"BATCH_TIME_LIMIT": 7200}
    beat(Part.WORKER, timedelta())
    beat(Part.OUTBOX, AN_HOUR)
    assert not state.worker_is_old()


def test_what_stopped_the_last_draining_is_there() -> None:
    Heartbeat.objects.create(part=Part.OUTBOX, beaten_at=timezone.now(), problem="no table")
    found = state.read()
    assert found.problem == "no table"
    assert found.seconds_ago in (0, 1)


def test_a_heartbeat_from_the_future_has_a_negative_age() -> None:
    beat(Part.OUTBOX, -AN_HOUR)
    assert (state.read().seconds_ago or 0) <= -3599


def test_what_waits_of_some_products_takes_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    change("1", 12)
    change("1", 5)
    change("2", 100, error="ValueError: no title", after=60)
    change("3", 200, token=uuid4(), attempts=3, after=-1)
    change("4", 300)
    with django_assert_num_queries(1):
        found = state.of_products([1, 2, 3, 5])
    assert found.keys() == {"1", "2", "3"}
    assert found["1"].seconds in (12, 13)
    assert not found["1"].has_failed
    assert found["2"].error == "ValueError: no title"
    assert found["2"].retried_in in (59, 60)
    assert found["2"].has_failed
    assert found["3"].is_given_up
    assert found["3"].has_failed
    assert found["3"].retried_in is None
    assert isinstance(found["1"], Waiting)


def test_of_no_products_nothing_is_asked(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    change("1")
    with django_assert_num_queries(0):
        assert state.of_products([]) == {}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE vrs_app_change")
    assert state.of_products([]) == {}
