"""A shop's process, or a worker's, is killed at each moment between a save and its rows."""

from collections.abc import Sequence
from functools import partial

import pytest
from django.db import transaction

from shop.models import Product
from vrs_app.conf import conf
from vrs_app.indexing import compare, enqueue
from vrs_app.indexing.outbox import claims
from vrs_app.models import Change
from vrs_app.testing import drain

from ..conftest import EmbedAll, MakeShown
from ..cutting import at_each_statement
from ..shapes import shape
from .killing import killed_before_each_moment
from .saves import (
    SAVES,
    Save,
    add_picture,
    delete_picture,
    differences,
    outdated,
    rename,
    replace_file,
    save_new,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FEWEST_MOMENTS = 10
"""Of a drain: it claims, locks, reads, writes, deletes, and commits twice."""


@pytest.fixture(autouse=True)
def without_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process shares the sockets of this one."""
    monkeypatch.setattr(enqueue, "enqueue_batch", lambda: None)


@pytest.fixture
def ended_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease of a killed worker is over at once."""
    monkeypatch.setattr(claims, "LEASE_MARGIN", -float(conf.BATCH_TIME_LIMIT))


@pytest.fixture
def products(make_shown: MakeShown, embed_all: EmbedAll) -> list[Product]:
    made = [make_shown(shape(seed=seed)) for seed in range(4)]
    embed_all()
    return made


@pytest.mark.parametrize("save", SAVES)
def test_a_save_that_is_killed_in_its_transaction_leaves_nothing_or_is_indexed(
    products: list[Product], save: Save
) -> None:
    """Before the note, after it, and before the commit."""

    def save_at_once(number: int) -> None:
        with transaction.atomic():
            save(Product.objects.get(pk=products[0].pk), number)

    for is_killed in killed_before_each_moment(save_at_once):
        assert not (is_killed and Change.objects.exists())
        drain()
        assert differences() == 0
        assert not Change.objects.exists()


@pytest.mark.parametrize("save", [replace_file, rename])
def test_a_save_that_is_killed_between_its_commit_and_its_note_is_found_by_reconciling(
    products: list[Product], save: Save
) -> None:
    """In autocommit the note is a second commit."""
    missed = 0
    for _ in killed_before_each_moment(partial(save, products[0])):
        drain()
        if differences():
            missed += 1
            compare.sync_catalogue()
        assert differences() == 0
    assert missed == 1


# --- a worker: after the claim, after the compare, before the commit ---


def change_all(products: Sequence[Product], number: int) -> None:
    """Each in another way; the last is of this time only."""
    save_new(products[0], number)
    drain()
    last = Product.objects.order_by("pk").last()
    assert last is not None
    for product, save in zip(products, (replace_file, rename, add_picture), strict=False):
        save(product, number)
    delete_picture(last, number)


@pytest.mark.usefixtures("ended_leases")
def test_a_worker_that_is_killed_amid_a_drain_loses_no_change(products: list[Product]) -> None:
    change_all(products, 0)
    number = 0
    for is_killed in killed_before_each_moment(lambda number: drain()):
        left = set(Change.objects.values_list("attempts", flat=True))
        assert left <= {0, 1}
        assert bool(left) <= is_killed
        assert not outdated()
        drain()
        assert differences() == 0
        assert not Change.objects.exists()
        number += 1
        change_all(products, number)
    assert number > FEWEST_MOMENTS


def test_a_drain_whose_connection_is_cut_costs_no_attempt(products: list[Product]) -> None:
    change_all(products, 0)
    number = 0
    for is_told_done in at_each_statement(drain):
        left = set(Change.objects.filter(token=None).values_list("attempts", flat=True))
        assert left <= {0}
        assert bool(left) <= (not is_told_done)
        assert not Change.objects.exclude(token=None).exists()
        assert not outdated()
        drain()
        assert differences() == 0
        number += 1
        change_all(products, number)
    assert number > FEWEST_MOMENTS
