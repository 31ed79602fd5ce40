"""Claims on the outbox, with real locks: other workers are other connections."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from pytest_django import Settings

from vrs_app.conf import conf
from vrs_app.indexing.outbox import claims
from vrs_app.models import Change

from ...at_once import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


def note(*products: Any) -> None:
    Change.objects.bulk_create(Change(product=str(each)) for each in products)


def taken() -> list[str]:
    """The products of one claim."""
    return [change.product for change in claims.claim()]


def let_leases_expire() -> None:
    held = Change.objects.filter(token__isnull=False)
    held.update(not_before=Now() - datetime.timedelta(seconds=1))


def test_the_oldest_are_claimed_first_and_no_more_than_a_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(claims, "MAX_CHANGES", 2)
    note(3, 1, 2)
    assert [taken(), taken(), taken()] == [["3", "1"], ["2"], []]


def test_a_worker_passes_by_what_another_is_claiming() -> None:
    note(1, 2, 3)
    with transaction.atomic():
        list(Change.objects.select_for_update().filter(product="2"))
        assert elsewhere(taken) == ["1", "3"]
    assert taken() == ["2"]


def test_every_row_is_claimed_once_by_any_number_of_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(claims, "MAX_CHANGES", 5)
    note(*range(20))

    def work(_: int) -> list[str]:
        try:
            return taken()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = [product for claimed in pool.map(work, range(16)) for product in claimed]
    assert sorted(found, key=int) == [str(number) for number in range(20)]


def test_an_attempt_is_counted_and_committed_when_it_begins() -> None:
    note(1)
    [change] = claims.claim()
    assert change.attempts == 1
    stored = elsewhere(Change.objects.get)
    assert (stored.attempts, stored.token) == (1, change.token)
    assert not claims.exist()


def test_an_attempt_that_is_released_does_not_count() -> None:
    note(1)
    claims.release(claims.claim())
    assert Change.objects.get().attempts == 0
    assert taken() == ["1"]


def test_a_product_of_which_a_worker_holds_a_row_is_left_to_it() -> None:
    note(1)
    claimed = claims.claim()
    note(1, 2)
    assert taken() == ["2"]
    claims.delete(claimed)
    assert taken() == ["1"]


def test_what_a_lost_worker_held_is_claimed_alone_and_given_up_after_its_attempts() -> None:
    note(1, 2)
    assert len(claims.claim()) == 2
    assert not claims.exist()
    for _ in range(conf.MAX_ATTEMPTS - 1):
        let_leases_expire()
        assert claims.exist()
        assert [taken(), taken(), taken()] == [["1"], ["2"], []]
    let_leases_expire()
    assert taken() == []
    assert not claims.exist()
    assert {change.product for change in claims.failed()} == {"1", "2"}


def test_the_rows_of_a_suspect_are_claimed_together() -> None:
    note(1, 2, 1)
    claims.claim()
    let_leases_expire()
    assert taken() == ["1", "1"]


def test_a_new_save_of_a_product_that_was_given_up_is_tried_without_others() -> None:
    note(1)
    Change.objects.update(token="0" * 8 + "-0000-0000-0000-" + "0" * 12, attempts=9)
    let_leases_expire()
    note(1, 2)
    assert [taken(), taken()] == [["1", "1"], ["2"]]


def test_after_a_time_limit_each_is_tried_alone_at_once() -> None:
    note(1, 2)
    claims.release_as_suspects(claims.claim())
    assert [taken(), taken(), taken()] == [["1"], ["2"], []]


def test_a_lease_or_a_retry_of_the_far_future_counts_as_over() -> None:
    """It was written while a clock was wrong."""
    far = Now() + datetime.timedelta(days=400)
    note(1)
    claims.claim()
    note(2)
    Change.objects.update(not_before=far)
    assert claims.exist()
    assert {*taken(), *taken()} == {"1", "2"}


def test_the_longest_lease_of_the_settings_is_none_of_the_far_future(settings: Settings) -> None:
    settings.VRS = {**settings.VRS, "BATCH_TIME_LIMIT": 86_400}
    note(1)
    claims.claim()
    assert taken() == []


def test_a_product_that_raised_is_retried_later_and_later() -> None:
    note(1)
    delays = []
    for _ in range(8):
        claims.retry_later(dict.fromkeys(claims.claim(), "odd"))
        [delay] = Change.objects.annotate(delay=F("not_before") - Now()).values_list(
            "delay", flat=True
        )
        delays.append(round(delay.total_seconds() / 60))
        assert taken() == []
        Change.objects.update(not_before=None)
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60]
    assert claims.failed().get().error == "odd"


def test_a_claim_that_another_worker_has_taken_over_deletes_and_releases_nothing() -> None:
    note(1)
    slow = claims.claim()
    let_leases_expire()
    [over] = claims.claim()
    claims.delete(slow)
    claims.release(slow)
    claims.retry_later(dict.fromkeys(slow, "odd"))
    stored = Change.objects.get()
    assert (stored.token, stored.attempts, stored.error) == (over.token, 2, "")


def test_what_cannot_be_drained_is_deleted_after_a_week_and_nothing_else() -> None:
    note("waits", "raised", "new")
    Change.objects.exclude(product="waits").update(error="odd")
    old = Change.objects.exclude(product="new")
    old.update(noted_at=Now() - claims.KEPT - datetime.timedelta(hours=1))
    assert claims.prune() == 1
    assert set(Change.objects.values_list("product", flat=True)) == {"waits", "new"}
