"""A chunk is taken apart for the sake of one product, and for no fault of all."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from psycopg.errors import LockNotAvailable

from shop.models import Product
from vrs_app.indexing import catalogue_batches, compare
from vrs_app.indexing.catalogue_batches import Changes, Compared, Errors
from vrs_app.models import IndexedImage
from vrs_app.receivers import paused

from ..comparing import sync_all
from ..conftest import MakeShown
from ..crashing import holding
from ..shapes import shape

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(make_shown: MakeShown) -> list[int]:
    return [make_shown().pk for _ in range(9)]


class Failing:
    """Fails at chunks that hold a bad product; notes which chunks it was asked for."""

    def __init__(self, *bad: int, error: type[Exception] = ValueError) -> None:
        self.bad, self.error = set(bad), error
        self.asked: list[list[int]] = []

    def __call__(self, keys: Sequence[Any], errors: Errors, timeout: str) -> Changes:
        self.asked.append(list(keys))
        if self.bad & set(keys):
            raise self.error("bad")
        return Changes(pictures=len(keys))


def test_all_products_but_the_one_at_fault_are_synced_in_few_attempts(keys: list[int]) -> None:
    sync = Failing(keys[4])
    compared = catalogue_batches.sync_in_batches(sync)
    assert (compared.changes.pictures, dict(compared.faults)) == (8, {keys[4]: "ValueError: bad"})
    assert compared.is_complete
    assert len(sync.asked) <= 9


def test_each_chunk_is_told_of_and_none_is_left_out(
    keys: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_batches, "PRODUCTS_PER_BATCH", 3)
    told: list[int] = []
    sync = Failing()
    assert catalogue_batches.sync_in_batches(sync, told.append).changes.pictures == 9
    assert told == [3, 3, 3]
    assert [key for chunk in sync.asked for key in chunk] == sorted(keys)


@pytest.mark.parametrize("error", [OperationalError, SoftTimeLimitExceeded])
def test_what_is_no_products_fault_ends_it_at_once(
    keys: list[int], error: type[Exception]
) -> None:
    sync = Failing(keys[0], error=error)
    with pytest.raises(error):
        catalogue_batches.sync_in_batches(sync)
    assert len(sync.asked) == 1


def test_a_statement_that_takes_too_long_is_about_its_product_alone(keys: list[int]) -> None:
    def sync(chunk: Sequence[Any], errors: Errors, timeout: str) -> Changes:
        with transaction.atomic(), connection.cursor() as cursor:
            if keys[4] in chunk:
                cursor.execute("SET LOCAL statement_timeout = 50")
                cursor.execute("SELECT pg_sleep(5)")
        return Changes(pictures=len(chunk))

    compared = catalogue_batches.sync_in_batches(sync)
    assert compared.changes.pictures == 8
    assert "statement timeout" in compared.faults[keys[4]]


def test_a_product_that_somebody_holds_is_tried_once_more_in_the_end(keys: list[int]) -> None:
    done: list[int] = []

    def sync(chunk: Sequence[Any], errors: Errors, timeout: str) -> Changes:
        if keys[4] in chunk and len(done) < 8:
            raise OperationalError from LockNotAvailable()
        done.extend(chunk)
        return Changes(pictures=len(chunk))

    assert catalogue_batches.sync_in_batches(sync) == Compared(changes=Changes(pictures=9))
    assert sorted(done) == keys


@pytest.mark.parametrize("bad", [1, 9])
def test_a_statement_that_the_database_refuses_is_told_once_where_all_products_meet_it(
    keys: list[int], bad: int
) -> None:
    sync = Failing(*keys[:bad], error=ProgrammingError)
    if bad == 9:
        with pytest.raises(ProgrammingError):
            catalogue_batches.sync_in_batches(sync)
    else:
        assert list(catalogue_batches.sync_in_batches(sync).faults) == keys[:1]


def test_a_catalogue_that_fails_at_everything_is_given_up(
    keys: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_batches, "PRODUCTS_PER_BATCH", 2)
    monkeypatch.setattr(catalogue_batches, "MAX_FAULTS", 3)
    compared = catalogue_batches.sync_in_batches(Failing(*keys))
    assert (len(compared.faults), compared.is_complete) == (4, False)


def test_a_product_that_cannot_be_written_is_told_of(keys: list[int]) -> None:
    compared = catalogue_batches.sync_in_batches(Failing(keys[8], error=IntegrityError))
    assert dict(compared.faults) == {keys[8]: "IntegrityError: bad"}


def test_keys_are_read_from_where_the_last_chunk_ended(
    keys: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A product that is deleted meanwhile shifts no other out of sight."""
    monkeypatch.setattr(catalogue_batches, "PRODUCTS_PER_BATCH", 4)
    seen: list[int] = []

    def delete_the_first(some: Sequence[Any], errors: Errors, timeout: str) -> Changes:
        Product.objects.filter(pk=keys[0]).delete()
        seen.extend(some)
        return Changes()

    catalogue_batches.sync_in_batches(delete_the_first)
    assert seen == sorted(keys)


def test_what_sync_adds_itself_is_told_of_and_costs_no_other(keys: list[int]) -> None:
    def sync(chunk: Sequence[Any], errors: Errors, timeout: str) -> Changes:
        found = {key: ValueError("odd") for key in chunk if key == keys[4]}
        errors.update(found)
        return Changes(pictures=len(chunk) - len(found))

    compared = catalogue_batches.sync_in_batches(sync)
    assert (compared.changes.pictures, compared.faults) == (8, {keys[4]: "ValueError: odd"})


def test_the_parts_of_a_batch_wait_less_for_locks_than_the_batch_has(keys: list[int]) -> None:
    timeouts: list[str] = []

    def sync(chunk: Sequence[Any], errors: Errors, timeout: str) -> Changes:
        timeouts.append(timeout)
        if len(chunk) > 1:
            raise OperationalError from LockNotAvailable()
        return Changes()

    catalogue_batches.sync_batch(sync, keys[:2], {})
    whole, *parts = timeouts
    assert whole == catalogue_batches.LOCK_TIMEOUT
    assert set(parts) == {catalogue_batches.RETRY_LOCK_TIMEOUT}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_product_that_another_transaction_holds_is_passed_by_and_told_of(
    make_shown: MakeShown,
) -> None:
    products = [make_shown(shape(seed=seed)) for seed in range(4)]
    Product.objects.update(name="Umbrella")
    held = products[2].pk
    with holding(f"SELECT FROM vrs_app_producttext WHERE product_id = {held} FOR UPDATE"):
        compared = compare.sync_catalogue()
    assert compared.changes.words == 3
    assert dict(compared.faults) == {held: "another transaction holds its rows"}
    assert sync_all().words == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_wait_in_a_circle_the_shop_goes_on(make_shown: MakeShown) -> None:
    with paused():
        first, last = make_shown(shape()), make_shown(shape("bars"))
    noted = IndexedImage.objects.filter(product__in=[first.pk, last.pk])

    def compare_all() -> Compared:
        try:
            return compare.sync_catalogue()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        with transaction.atomic():
            list(Product.objects.select_for_update().filter(pk=last.pk))
            comparing = elsewhere.submit(compare_all)
            # Its rows for the first may be written and wait for the last by now.
            list(Product.objects.select_for_update().filter(pk=first.pk))
        comparing.result(20)
    sync_all()
    assert noted.count() == 2
