"""What is popular: what many want, and lately."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from shop.models import Product
from vrs_app.contrib.history import popular_products, popularity
from vrs_app.contrib.history.shopper import Shopper
from vrs_app.contrib.merchandising.models import Hidden

from ...conftest import MakeShown
from .conftest import Did

pytestmark = pytest.mark.django_db


@pytest.fixture
def products(make_shown: MakeShown) -> list[Product]:
    return [make_shown() for _ in range(5)]


def somebody() -> Shopper:
    return Shopper(visitor=uuid4())


def popular(**options: Any) -> list[Product]:
    return [item.product for item in popular_products(**options)]


def test_what_more_shoppers_want_more_comes_first(products: list[Product], did: Did) -> None:
    for _ in range(4):
        did(somebody(), "viewed", products[0])
    did(somebody(), "bought", products[1])
    for _ in range(2):
        did(somebody(), "cart", products[2])
    did(somebody(), "dismissed", products[3])
    assert popular() == [products[2], products[1], products[0]]
    assert {item.source for item in popular_products()} == {"popular"}


def test_only_the_last_month_counts_and_of_it_the_newest(
    products: list[Product], did: Did, monkeypatch: pytest.MonkeyPatch
) -> None:
    did(somebody(), "bought", products[0], days=31)
    did(somebody(), "viewed", products[1], days=3)
    did(somebody(), "viewed", products[2], days=2)
    assert popular() == [products[2], products[1]]
    monkeypatch.setattr(popularity, "MOST_COUNTED", 1)
    assert popular() == [products[2]]


def test_it_keeps_to_what_may_be_shown(products: list[Product], did: Did) -> None:
    did(somebody(), "bought", *products)
    Hidden.objects.create(hidden=products[0])
    Product.objects.filter(pk=products[1].pk).update(published=False)
    Product.objects.filter(pk=products[2].pk).update(price=Decimal(99))
    assert popular() == [products[4], products[3], products[2]]
    assert popular(price_max=50, exclude=[products[3]]) == [products[4]]
    assert popular(limit=1) == [products[4]]
    assert popular(limit=1, offset=1) == [products[3]]
    with pytest.raises(ValueError, match="limit"):
        popular_products(limit=-1)


def test_pictures_come_along(make_shown: MakeShown, did: Did) -> None:
    from ...shapes import shape

    did(somebody(), "liked", make_shown(shape()))
    assert popular_products()[0].thumbnail_url
