"""What a shop knows by itself, and what our own buttons noted."""

import pytest
from django.utils import timezone

from shop.models import Product
from vrs_app.catalogue import Interaction, catalogue
from vrs_app.contrib import history
from vrs_app.contrib.history import recommend_for
from vrs_app.contrib.history.shopper import Shopper

from .conftest import Did, LookAlikes

pytestmark = pytest.mark.django_db


def test_not_interested_counts_in_a_shop_that_notes_the_rest_by_itself(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought, unwanted = look_alikes["disc"][:2]
    one = Interaction(product=bought.pk, kind="bought", at=timezone.now())
    monkeypatch.setattr(catalogue(), "interactions", lambda who: [one])
    history.record(shopper, unwanted, "dismissed")
    found = {item.product for item in recommend_for(shopper, limit=Product.objects.count())}
    assert found and unwanted not in found


def test_of_ours_only_what_was_liked_or_dismissed_stands_beside_the_shops(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = look_alikes["disc"][0]
    one = Interaction(product=product.pk, kind="viewed", at=timezone.now())
    monkeypatch.setattr(catalogue(), "interactions", lambda who: [one])
    for days, kind in enumerate(("liked", "dismissed", "viewed", "cart", "bought"), 1):
        did(shopper, kind, product, days=days)
    found = history.interactions(shopper)
    assert [each.kind for each in found] == ["viewed", "liked", "dismissed"]
