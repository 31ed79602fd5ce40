from collections.abc import Mapping
from typing import Any

import pytest
from django.db.models import Model, QuerySet

from shop.models import Product
from vrs_app.queries import Source, curation, similar_products, similar_to

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


class Rules:
    """A merchant's wishes, as an app would keep them."""

    def __init__(self) -> None:
        self.hidden: list[Any] = []
        self.pinned: dict[int, Any] = {}

    def without_hidden(self, product: Model | None, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(pk__in=self.hidden)

    def pins(self, product: Model) -> Mapping[int, Any]:
        return self.pinned


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Rules:
    monkeypatch.setattr(curation, "_curations", [])
    made = Rules()
    curation.use_curation(made)
    return made


def shown(found: Any) -> list[Product]:
    return [item.product for item in found]


def test_what_is_hidden_is_in_no_answer(look_alikes: LookAlikes, rules: Rules) -> None:
    product, twin, *_ = look_alikes["disc"]
    rules.hidden = [twin.pk]
    for source in ("visual", "text", "category", "newest"):
        found = shown(similar_products(product, sources=[source], limit=4))
        assert len(found) == 4, source
        assert twin not in found, source


def test_a_pin_stands_at_its_position_and_only_there(
    look_alikes: LookAlikes, rules: Rules
) -> None:
    product, *others = look_alikes["disc"]
    stripe = look_alikes["stripes"][0]
    rules.pinned = {3: others[0].pk, 1: stripe.pk}
    found = similar_to(product, limit=5)
    assert (found[0].product, found[0].source) == (stripe, Source.PINNED)
    assert (found[2].product, found[2].source) == (others[0], Source.PINNED)
    assert len(set(shown(found))) == 5
    assert found[0].thumbnail_url
    assert found[0].width


def test_a_pin_that_may_not_be_shown_leaves_no_gap(look_alikes: LookAlikes, rules: Rules) -> None:
    product = look_alikes["disc"][0]
    stripe, bar = look_alikes["stripes"][0], look_alikes["bars"][0]
    Product.objects.filter(pk=stripe.pk).update(published=False)
    rules.pinned = {1: stripe.pk, 2: bar.pk}
    found = similar_to(product, limit=4)
    assert found[1].product == bar
    assert len(found) == 4
    assert stripe not in shown(found)
    for excluded in (bar, bar.pk, str(bar.pk)):
        assert bar not in shown(similar_to(product, exclude=[excluded]))
    assert bar not in shown(similar_to(product, queryset=Product.objects.exclude(pk=bar.pk)))


def test_pins_hold_across_pages(look_alikes: LookAlikes, rules: Rules) -> None:
    product = look_alikes["disc"][0]
    rules.pinned = {6: look_alikes["stripes"][0].pk}
    whole = shown(similar_to(product, limit=8))
    assert whole[5] == look_alikes["stripes"][0]
    assert shown(similar_to(product, limit=4, offset=4)) == whole[4:8]


def test_a_pin_beyond_a_short_answer_ends_it(
    look_alikes: LookAlikes, rules: Rules, make_shown: MakeShown
) -> None:
    alone = make_shown(shape("disc", seed=9))
    rules.pinned = {9: look_alikes["stripes"][0].pk}
    assert shown(similar_to(alone)) == [look_alikes["stripes"][0]]


def test_of_two_pins_at_one_position_the_first_curation_wins(
    look_alikes: LookAlikes, rules: Rules
) -> None:
    second = Rules()
    curation.use_curation(second)
    rules.pinned = {1: look_alikes["bars"][0].pk}
    second.pinned = {1: look_alikes["disc"][1].pk, 2: look_alikes["disc"][2].pk}
    assert curation.pins(look_alikes["disc"][0]) == {
        1: look_alikes["bars"][0].pk,
        2: look_alikes["disc"][2].pk,
    }


def test_a_pin_takes_its_twins_along(
    look_alikes: LookAlikes, rules: Rules, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product, first, *_ = look_alikes["disc"]
    again = make_shown(shape("disc", seed=1), category="disc")
    embed_all()
    for pinned, twin in ((first, again), (again, first)):
        rules.pinned = {3: pinned.pk}
        found = similar_to(product, limit=5)
        assert (found[2].product, found[2].source) == (pinned, Source.PINNED)
        assert [each.product for each in found[2].duplicates] == [twin]
        assert twin not in shown(found)
        assert len(found) == 5
    rules.pinned = {1: again.pk, 2: first.pk}
    found = similar_to(product, limit=5)
    assert shown(found)[:2] == [again, first]
    assert not any(item.duplicates for item in found)


def test_twins_of_a_pin_that_lie_deep_stay_where_they_are(
    look_alikes: LookAlikes, rules: Rules, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    """Or they would be on no page: the first cannot know them, the last has no pin."""
    product, far = look_alikes["disc"][0], list(similar_to(look_alikes["disc"][0], limit=23))[-1]
    twins = [make_shown(*pictures(far.product)) for _ in range(2)]
    embed_all()
    rules.pinned = {1: twins[0].pk}
    pages = [similar_to(product, limit=4, offset=at) for at in range(0, 28, 4)]
    items = [item for page in pages for item in page]
    seen = [*shown(items), *(each.product for item in items for each in item.duplicates)]
    assert seen[0] == twins[0]
    assert sorted(each.pk for each in seen) == sorted(
        Product.objects.exclude(pk=product.pk).values_list("pk", flat=True)
    )


def pictures(product: Product) -> list[bytes]:
    return [image.image.read() for image in product.images.all()]
