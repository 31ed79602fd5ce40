"""How many SQL statements of ours a save costs, savepoints counted, the Catalogue's own not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shop.models import Category, Product, ProductImage
from vrs_app.indexing import enqueue
from vrs_app.models import Change, IndexedImage
from vrs_app.receivers import paused
from vrs_app.testing import drain

from ..conftest import MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], Any]


@pytest.fixture(autouse=True)
def without_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enqueue, "enqueue_batch", lambda: None)


@contextmanager
def counted(of: list[int]) -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    of.append(len(queries))


def ours(act: Act, again: Act, *, atomic: bool) -> int:
    """Statements that `act` takes more than `again`, which does the same while paused."""
    counts: list[int] = []
    for each, quiet in ((act, False), (again, True)):
        block = transaction.atomic if atomic else _nothing
        with counted(counts), block():
            if quiet:
                with paused():
                    each()
            else:
                each()
    return counts[0] - counts[1]


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@pytest.fixture(params=[False, True], ids=["autocommit", "atomic"])
def atomic(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_price_costs_one_statement(make_shown: MakeShown, atomic: bool) -> None:
    product = make_shown(shape())
    assert ours(product.save, product.save, atomic=atomic) == 1


def test_a_product_and_its_picture_cost_two_and_one_in_a_transaction(atomic: bool) -> None:
    shelf = Category.objects.create(name="shelf", slug="shelf")

    def add() -> None:
        product = Product.objects.create(name="New", category=shelf, price=Decimal(1))
        ProductImage.objects.create(product=product, image=ContentFile(shape(), "new.jpg"))

    add()  # its slug costs more queries than the first's
    assert ours(add, add, atomic=atomic) == (1 if atomic else 2)


def test_a_replaced_file_costs_two(make_shown: MakeShown, atomic: bool) -> None:
    picture = make_shown(shape()).images.get()

    def replace() -> None:
        picture.image = ContentFile(shape("bars"), "other.jpg")
        picture.save()

    assert ours(replace, replace, atomic=atomic) == 2


def test_a_deleted_picture_costs_one(make_shown: MakeShown, atomic: bool) -> None:
    first, second = make_shown(shape(), shape("bars")).images.all()
    assert ours(first.delete, second.delete, atomic=atomic) == 1


def test_a_deleted_product_costs_nothing(make_shown: MakeShown, atomic: bool) -> None:
    first, second = make_shown(shape(), shape("bars")), make_shown(shape(), shape("disc"))
    assert ours(first.delete, second.delete, atomic=atomic) == 0
    assert not Change.objects.exists()
    assert not IndexedImage.objects.exclude(product=second.pk).exists()
    assert drain() == 0
