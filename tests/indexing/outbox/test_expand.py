"""From rows that were saved to the products that they belong to by now."""

from collections.abc import Iterable
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection

from shop.models import Category, Product
from vrs_app.catalogue import catalogue
from vrs_app.indexing.outbox import claims, expand
from vrs_app.models import Change, ProductText
from vrs_app.testing import drain

from ...conftest import MakeShown

pytestmark = pytest.mark.django_db


def of_category(row: Any) -> Iterable[Any]:
    """What a Catalogue names that watches categories, too."""
    if isinstance(row, Category):
        return Product.objects.filter(category=row).values_list("pk", flat=True)
    return [row.pk]


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue(), "products_of", of_category)


def test_a_relation_that_was_written_after_the_save_is_found(make_shown: MakeShown) -> None:
    product = make_shown(name="Dress", category="things")
    shelf = Category.objects.create(name="sale", slug="sale")
    Change.objects.create(model="shop.category", key=str(shelf.pk))
    Product.objects.filter(pk=product.pk).update(category=shelf)
    drain()
    assert "'sale'" in str(ProductText.objects.get().words)
    assert not Change.objects.exists()


def test_products_that_are_known_already_are_not_appended_again(make_shown: MakeShown) -> None:
    first, second = make_shown(), make_shown()
    shelf = first.category
    Change.objects.create(model="shop.category", key=str(shelf.pk), product=str(first.pk))
    claimed = claims.claim()
    assert expand.append_others(claimed) == {}
    assert Change.objects.get(token=None).product == str(second.pk)


def test_a_row_is_asked_for_once_however_often_it_was_saved(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_shown()
    asked: list[Any] = []

    def products_of(row: Any) -> list[Any]:
        asked.append(row)
        return [row.pk]

    monkeypatch.setattr(catalogue(), "products_of", products_of)
    for _ in range(3):
        Change.objects.create(model="shop.product", key=str(product.pk), product=str(product.pk))
    expand.append_others(claims.claim())
    assert asked == [product]


@pytest.mark.parametrize("how", ["python", "sql"])
def test_a_row_that_raises_costs_no_other(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    good, bad = make_shown(), make_shown()

    def products_of(row: Any) -> list[Any]:
        if row == bad and how == "sql":
            connection.cursor().execute("SELECT no_such_column")
        return [row.pk] if row != bad else [1 / 0]

    monkeypatch.setattr(catalogue(), "products_of", products_of)
    for product in (bad, good):
        Change.objects.create(model="shop.product", key=str(product.pk))
    errors = expand.append_others(claims.claim())
    assert [change.key for change in errors] == [str(bad.pk)]
    assert Change.objects.get(token=None).product == str(good.pk)


def test_a_time_limit_is_no_rows_fault(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def products_of(row: Any) -> list[Any]:
        raise SoftTimeLimitExceeded

    product = make_shown()
    monkeypatch.setattr(catalogue(), "products_of", products_of)
    Change.objects.create(model="shop.product", key=str(product.pk))
    with pytest.raises(SoftTimeLimitExceeded):
        expand.append_others(claims.claim())


def test_rows_and_models_that_are_gone_are_passed_by(make_shown: MakeShown) -> None:
    Change.objects.create(model="shop.product", key="999999")
    Change.objects.create(model="shop.gone", key="1")
    assert expand.append_others(claims.claim()) == {}
