from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import RETRY_AFTER, Part
from vrs_app.models import Heartbeat

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def take() -> bool:
    return heartbeats.take_turn(Part.RECONCILE, DAY)


def problem() -> str:
    return Heartbeat.objects.get(part=Part.RECONCILE).problem


def later(by: timedelta) -> None:
    """Let time pass: all that was noted is so much older."""
    for row in Heartbeat.objects.all():
        row.beaten_at -= by
        row.begun_at = row.begun_at and row.begun_at - by
        row.save()


def test_a_turn_comes_once_in_its_time() -> None:
    assert take()
    heartbeats.beat(Part.RECONCILE)
    assert not take()
    later(DAY)
    assert take()
    assert not take()


def test_a_turn_that_failed_comes_again_sooner_and_not_at_once() -> None:
    take()
    heartbeats.beat(Part.RECONCILE, problem="no table")
    assert not take()
    later(RETRY_AFTER)
    assert take()
    assert problem() == ""


@pytest.mark.parametrize("is_first", [True, False])
def test_a_turn_that_was_cut_short_is_taken_by_another(is_first: bool) -> None:
    if not is_first:
        heartbeats.beat(Part.RECONCILE)
        later(DAY)
    assert take()
    later(RETRY_AFTER / 2)
    heartbeats.renew_turn(Part.RECONCILE)
    later(RETRY_AFTER / 2)
    assert not take(), "it was heard of meanwhile"
    later(RETRY_AFTER)
    assert take()
    assert "cut short" in problem()


def test_a_problem_amidst_a_turn_is_kept_until_the_next() -> None:
    take()
    heartbeats.renew_turn(Part.RECONCILE, problem="away")
    heartbeats.renew_turn(Part.RECONCILE)
    heartbeats.end_turn(Part.RECONCILE)
    assert problem() == "away"
    later(RETRY_AFTER)
    assert take()
    heartbeats.end_turn(Part.RECONCILE)
    assert problem() == ""


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_one_takes_the_turn() -> None:
    def taking() -> bool:
        try:
            return take()
        finally:
            connection.close()

    def at_once(what: Callable[[], bool]) -> int:
        with ThreadPoolExecutor(8) as many:
            return sum(each.result(20) for each in [many.submit(what) for _ in range(8)])

    assert at_once(taking) == 1
    heartbeats.beat(Part.RECONCILE)
    Heartbeat.objects.update(beaten_at=timezone.now() - 2 * DAY)
    assert at_once(taking) == 1


@pytest.mark.parametrize("begun", [True, False])
def test_a_turn_from_the_future_is_over(begun: bool) -> None:
    take()
    if not begun:
        heartbeats.beat(Part.RECONCILE)
    later(-30 * DAY)
    assert take()
    assert not take()


def test_heartbeats_are_written_by_the_databases_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = timezone.now() + 30 * DAY
    monkeypatch.setattr(timezone, "now", lambda: wrong)
    for record in (heartbeats.beat, heartbeats.renew_turn, heartbeats.end_turn):
        record(Part.SWEEP)
        row = Heartbeat.objects.get(part=Part.SWEEP)
        assert wrong - max(row.beaten_at, row.begun_at or row.beaten_at) > 29 * DAY
    age = heartbeats.age(Part.SWEEP)
    assert age is not None and age < timedelta(minutes=1)


def test_a_heartbeat_takes_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    heartbeats.beat(Part.SWEEP)
    with django_assert_num_queries(1):
        heartbeats.beat(Part.SWEEP)
