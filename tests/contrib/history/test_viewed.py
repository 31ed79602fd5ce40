"""Recently viewed, and what is like it."""

import pytest

from shop.models import Product
from vrs_app.contrib import history
from vrs_app.contrib.history import like_recently_viewed, recently_viewed
from vrs_app.contrib.history.shopper import Shopper

from .conftest import Did, LookAlikes, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def discs(look_alikes: LookAlikes) -> list[Product]:
    return look_alikes["disc"]


def test_the_latest_comes_first_each_once(
    shopper: Shopper, discs: list[Product], did: Did
) -> None:
    for days, product in ((3, discs[0]), (2, discs[1]), (1, discs[2])):
        did(shopper, "viewed", product, days=days)
    did(shopper, "liked", discs[3])
    assert [item.product for item in recently_viewed(shopper)] == [discs[2], discs[1], discs[0]]
    history.record(shopper, discs[0], "viewed")
    found = recently_viewed(shopper, limit=2, exclude=[discs[2]])
    assert [item.product for item in found] == [discs[0], discs[1]]
    assert [item.position for item in found] == [1, 2]
    assert found[0].thumbnail_url
    assert [item.product for item in recently_viewed(shopper, limit=1, offset=1)] == [discs[2]]


def test_what_is_hidden_or_dismissed_is_left_out(
    shopper: Shopper, discs: list[Product], did: Did
) -> None:
    did(shopper, "viewed", *discs[:3])
    did(shopper, "dismissed", discs[0])
    Product.objects.filter(pk=discs[1].pk).update(published=False)
    assert [item.product for item in recently_viewed(shopper)] == [discs[2]]


def test_who_took_what_they_had_dismissed_sees_it_again(
    shopper: Shopper, discs: list[Product], did: Did
) -> None:
    did(shopper, "viewed", *discs[:2])
    did(shopper, "dismissed", *discs[:2], days=2)
    did(shopper, "bought", discs[0], days=1)
    did(shopper, "liked", discs[1], days=3)
    assert [item.product for item in recently_viewed(shopper)] == [discs[0]]
    assert {item.because for item in like_recently_viewed(shopper)} == {discs[0]}


def test_somebody_new_viewed_nothing(discs: list[Product]) -> None:
    assert list(recently_viewed(visit())) == []
    assert list(like_recently_viewed(visit())) == []


def test_look_alikes_of_the_latest_say_because_of_which(
    shopper: Shopper, discs: list[Product], did: Did
) -> None:
    did(shopper, "viewed", *discs[:2])
    did(shopper, "dismissed", discs[2])
    found = like_recently_viewed(shopper, limit=3)
    assert {item.product for item in found} == {*discs[3:]}
    assert {item.because for item in found} <= {*discs[:2]}


def test_who_dismissed_all_that_they_viewed_gets_nothing_like_it(
    shopper: Shopper, discs: list[Product], did: Did
) -> None:
    did(shopper, "viewed", discs[0])
    did(shopper, "dismissed", discs[0])
    assert list(like_recently_viewed(shopper)) == []
