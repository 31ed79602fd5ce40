from typing import Any

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from shop.models import Product
from vrs_app import spaces
from vrs_app.contrib.merchandising.models import Hidden
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage
from vrs_app.queries import (
    LONGEST_SEARCH,
    MatchLevel,
    Options,
    Source,
    more_like_these,
    newest_products,
    search,
    similar_to,
    vectors_by_product,
)
from vrs_app.queries.embeddings import rocchio
from vrs_app.spaces.vectors import SpaceVector
from vrs_app.testing import drain

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


def names(found: Any) -> list[str]:
    return [item.product.name for item in found]


def products(found: Any) -> set[Product]:
    return {item.product for item in found}


def photo_of(product: Product) -> SpaceVector:
    """A photo that looks just like the product's picture."""
    space = spaces.active()
    assert space is not None
    return SpaceVector.of(vectors_by_product([product])[product.pk], space.pk)


# --- words --------------------------------------------------------------------------------


def test_words_find_what_has_them_and_then_what_looks_like_it(look_alikes: LookAlikes) -> None:
    named = look_alikes["disc"][0]
    Product.objects.filter(pk=named.pk).update(name="Sombrero")
    Product.objects.get(pk=named.pk).save()
    drain()
    found = search("sombrero", limit=6)
    assert [item.source for item in found] == [Source.TEXT] + [Source.VISUAL] * 5
    assert found[0].product == named
    assert products(found) == set(look_alikes["disc"])
    assert {item.because for item in found[1:]} == {named}
    assert all(item.similarity for item in found[1:])


def test_the_look_alikes_of_a_search_can_be_switched_off(
    look_alikes: LookAlikes, settings: Settings
) -> None:
    name = look_alikes["stripes"][0].name
    assert names(search(name, expand=False)) == [name]
    settings.VRS = {**settings.VRS, "EXPAND": False}
    assert names(search(name)) == [name]
    assert len(search(name, expand=True)) == 12


def test_words_are_enough_where_nothing_has_a_vector(look_alikes: LookAlikes) -> None:
    ImageEmbedding.objects.all().delete()
    found = search("disc", limit=8)
    assert products(found) == set(look_alikes["disc"])
    EmbeddingSpace.objects.all().delete()
    assert len(search("disc", limit=8)) == 6
    assert search("disc", positive=[look_alikes["bars"][0]], limit=8) == list(found)


def test_each_item_says_how_many_of_the_words_it_has(look_alikes: LookAlikes) -> None:
    named = look_alikes["disc"][0]
    Product.objects.filter(pk=named.pk).update(name="Sombrero")
    Product.objects.get(pk=named.pk).save()
    drain()
    for words, level in (("sombrero", MatchLevel.FULL), ("zeppelin sombrero", MatchLevel.PARTIAL)):
        for photo in (None, photo_of(look_alikes["bars"][0])):
            found = search(words, photo=photo, limit=6)
            levels = {item.product.pk: item.match_level for item in found}
            assert levels.pop(named.pk) == level
            assert set(levels.values()) == {MatchLevel.NONE}
            assert found[:2][0].match_level == found[0].match_level, "a slice says so too"
    assert {item.match_level for item in more_like_these([named])} == {MatchLevel.NONE}


def test_what_lies_deep_says_how_many_of_the_words_it_has(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vrs_app.queries.hybrid.FUSION_DEPTH", 2)
    found = search("disc zeppelin", photo=photo_of(look_alikes["bars"][0]), limit=24)
    levels = {item.product.category.slug: item.match_level for item in found}
    assert levels.pop("disc") == MatchLevel.PARTIAL
    assert set(levels.values()) == {MatchLevel.NONE}


def test_the_longest_search_is_read_to_its_end(make_shown: MakeShown) -> None:
    make_shown(name="Sombrero")
    assert names(search("sombrero".rjust(LONGEST_SEARCH))) == ["Sombrero"]
    assert names(search("sombrero".rjust(LONGEST_SEARCH + 8))) == []


@pytest.mark.parametrize("words", ["", "  ", "the", "umbrella"])
def test_what_nothing_answers_is_an_empty_answer(look_alikes: LookAlikes, words: str) -> None:
    assert list(search(words)) == []


# --- images -------------------------------------------------------------------------------


def test_a_photo_finds_what_looks_like_it(look_alikes: LookAlikes) -> None:
    found = search(photo=photo_of(look_alikes["bars"][0]), limit=6)
    assert products(found) == set(look_alikes["bars"])
    assert found[0].product == look_alikes["bars"][0], "a photo is no product to leave out"
    assert {item.source for item in found} == {Source.VISUAL}


def test_one_product_is_asked_for_as_its_carousel_asks(look_alikes: LookAlikes) -> None:
    product = look_alikes["bars"][0]
    assert names(more_like_these([product])) == names(similar_to(product))
    assert names(more_like_these([str(product.pk)])) == names(similar_to(product))


def test_several_products_are_asked_for_together(look_alikes: LookAlikes) -> None:
    liked = [*look_alikes["disc"][:3], *look_alikes["bars"][:3]]
    found = more_like_these(liked, limit=6)
    assert products(found) == {*look_alikes["disc"][3:], *look_alikes["bars"][3:]}
    for item in found:
        assert item.because is not None
        assert item.because.category == item.product.category, "the nearest of them"


def test_what_is_unwanted_is_left_out_and_kept_away_from(look_alikes: LookAlikes) -> None:
    liked = [look_alikes["disc"][0], look_alikes["bars"][0]]
    unwanted = look_alikes["bars"][1]
    before, after = more_like_these(liked, limit=8), more_like_these(liked, [unwanted], limit=8)
    assert unwanted not in products(after)

    def bars(found: Any) -> int:
        return sum(item.product.category.slug == "bars" for item in found)

    assert bars(after) < bars(before)


def test_a_photo_stays_in_its_space_though_another_is_active_by_now(
    look_alikes: LookAlikes,
) -> None:
    photo = photo_of(look_alikes["disc"][0])
    former = spaces.active()
    assert former is not None
    newer = EmbeddingSpace.objects.create(embedder="x.Y", dimensions=3)
    image = IndexedImage.objects.filter(product=look_alikes["bars"][0]).get()
    ImageEmbedding.objects.create(
        image=image, space=newer, state="ready", digest=image.digest, vector=[1, 0, 0]
    )
    spaces.activate(newer)
    found = search(photo=photo, positive=[look_alikes["disc"][1]], limit=4)
    assert len(found) == 4
    assert products(found) < set(look_alikes["disc"])


def test_a_product_without_a_vector_has_no_say(
    look_alikes: LookAlikes, make_shown: MakeShown
) -> None:
    unseen = make_shown(shape("disc", seed=60))
    assert list(more_like_these([unseen])) == []
    liked = look_alikes["bars"][0]
    assert products(more_like_these([unseen, liked], limit=5)) == set(look_alikes["bars"][1:])


def test_a_reason_that_is_hidden_is_not_told(look_alikes: LookAlikes) -> None:
    liked = look_alikes["bars"][0]
    Product.objects.filter(pk=liked.pk).update(published=False)
    found = more_like_these([liked], limit=5)
    assert products(found) == set(look_alikes["bars"][1:])
    assert {item.because for item in found} == {None}


# --- both ---------------------------------------------------------------------------------


@pytest.fixture
def painted(look_alikes: LookAlikes) -> LookAlikes:
    """Half of each kind is red, in words only."""
    for kind in look_alikes.values():
        for product in kind[::2]:
            product.colour = "red"
            product.save()
    drain()
    return look_alikes


def test_like_this_one_but_red(painted: LookAlikes) -> None:
    product = painted["disc"][1]
    found = search("red", positive=[product], limit=3)
    assert products(found) == set(painted["disc"][::2])
    assert {item.source for item in found} == {Source.TEXT}
    assert all(item.similarity for item in found)


def test_alpha_goes_from_words_only_to_image_only(painted: LookAlikes) -> None:
    product = painted["disc"][1]

    def red(alpha: float) -> int:
        found = search("red", positive=[product], alpha=alpha, expand=False, limit=12)
        return sum(item.product.colour == "red" for item in found)

    assert red(0) == 12
    assert red(1) == 3 + sum(
        item.product.colour == "red" for item in similar_to(product, limit=12)[5:]
    )
    assert red(0) >= red(0.5) >= red(1)
    image_only = search("red", positive=[product], alpha=1, limit=12)
    assert names(image_only) == names(similar_to(product, limit=12))


def test_filters_hold_in_every_kind_of_search(painted: LookAlikes) -> None:
    Product.objects.filter(pk__in=[p.pk for p in painted["disc"][:4]]).update(price=99)
    photo = photo_of(painted["disc"][0])
    no_bars = Product.objects.exclude(category__slug="bars")
    options = Options(price_max=50, queryset=no_bars, limit=24)
    for found in (
        search("red", **options),
        search(photo=photo, **options),
        search("red", photo=photo, **options),
        more_like_these([painted["disc"][5]], **options),
        newest_products(**options),
    ):
        assert found
        assert all(item.product.price <= 50 for item in found)
        assert all(item.product.category.slug != "bars" for item in found)


def test_what_is_hidden_is_found_by_nothing(painted: LookAlikes) -> None:
    hidden = painted["disc"][0]
    Product.objects.filter(pk=hidden.pk).update(published=False)
    photo = photo_of(hidden)
    for found in (
        search("red", limit=24),
        search(photo=photo, limit=24),
        search("red", photo=photo, limit=24),
    ):
        assert hidden not in products(found)
        assert len(found) >= 11


@pytest.mark.parametrize("words", ["", "red"])
def test_pages_go_on_where_they_ended(painted: LookAlikes, words: str) -> None:
    photo = photo_of(painted["disc"][0])
    whole = names(search(words, photo=photo, limit=24))
    pages = [search(words, photo=photo, limit=5, offset=at) for at in range(0, 24, 5)]
    assert [name for page in pages for name in names(page)] == whole
    assert [item.position for item in pages[1]] == [6, 7, 8, 9, 10]


def test_near_duplicates_are_one_item_in_a_search_by_both(
    painted: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    twin = make_shown(shape("disc", seed=0), category="disc", colour="red")
    embed_all()
    found = search("red", photo=photo_of(painted["disc"][0]), limit=24)
    shown = [item.product for item in found]
    assert sum(product in (twin, painted["disc"][0]) for product in shown) == 1
    assert len(shown) == len(set(shown))


# --- what cannot be -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"words": 5}, "words takes a text"),
        ({"alpha": 1.5}, "alpha takes a number from 0 to 1"),
        ({"alpha": float("nan")}, "alpha takes a number"),
        ({"positive": ["x"]}, "positive takes products or primary keys"),
        ({"positive": "12"}, "positive takes products or primary keys"),
        ({"negative": [1]}, "negative takes products beside"),
        ({"words": "red", "limit": -1}, "limit takes a whole number"),
        ({"words": "red", "price_within": 0.2}, "price_within takes the price of one product"),
    ],
)
def test_an_option_that_cannot_be_is_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises((ValueError, TypeError), match=named):
        search(**options)


def test_of_a_product_at_hand_nothing_is_asked_until_the_answer_is_read(
    look_alikes: LookAlikes, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, another = look_alikes["disc"][:2]
    with django_assert_num_queries(0):
        found = search("disc", positive=iter([one]), negative=[another], price_within=0.2)
    assert found


def test_a_price_may_be_relative_to_the_one_product_that_is_asked_about(
    look_alikes: LookAlikes,
) -> None:
    product, *others = look_alikes["disc"]
    Product.objects.filter(pk=others[0].pk).update(price=11)
    Product.objects.exclude(pk__in=[product.pk, others[0].pk]).update(price=50)
    for named in (product, product.pk, str(product.pk)):
        assert products(more_like_these([named], price_within=0.2)) == {others[0]}


def test_the_newest_come_first(look_alikes: LookAlikes) -> None:
    found = newest_products(limit=3)
    assert names(found) == list(Product.objects.values_list("name", flat=True)[:3])
    assert {item.source for item in found} == {Source.NEWEST}


def test_looks_are_unit_vectors_of_main_pictures(look_alikes: LookAlikes) -> None:
    known = look_alikes["disc"][0]
    looks = vectors_by_product([known, look_alikes["bars"][0].pk, 0])
    assert set(looks) == {known.pk, look_alikes["bars"][0].pk}
    assert np.linalg.norm(looks[known.pk]) == pytest.approx(1, abs=1e-6)
    assert vectors_by_product([]) == {}


# --- what lies deep -----------------------------------------------------------------------


@pytest.mark.slow
def test_pages_of_a_search_by_both_are_of_one_order_however_deep(
    look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each product is described with "red" another number of times, so that no ranks are equal."""
    monkeypatch.setattr("vrs_app.queries.hybrid.FUSION_DEPTH", 5)
    for times, product in enumerate(Product.objects.order_by("pk")[:12], 1):
        product.description = "red " * times
        product.save()
    drain()
    photo = photo_of(look_alikes["disc"][0])
    whole = names(search("red", photo=photo, limit=24))
    assert len(whole) == len(set(whole)) == 24
    for size in (3, 7):
        pages = [search("red", photo=photo, limit=size, offset=at) for at in range(0, 24, size)]
        assert [name for page in pages for name in names(page)] == whole


def test_of_near_duplicates_the_one_that_has_the_words_is_shown(
    look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    made = [make_shown(shape("disc", seed=77), name=name) for name in ("Alpha mug", "Beta mug")]
    embed_all()
    item = search("beta", photo=photo_of(made[0]), limit=3)[0]
    assert (item.product, item.source) == (made[1], Source.TEXT)
    assert [twin.product for twin in item.duplicates] == [made[0]]


@pytest.mark.slow
def test_a_row_of_twins_is_one_item(
    look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    cups = [make_shown(shape("disc", seed=78), name=f"Cup {number}") for number in range(12)]
    embed_all()
    found = search("cup", photo=photo_of(cups[0]), limit=24)
    assert sum(item.product in cups for item in found) == 1


def test_beside_words_the_threshold_cuts_what_was_found_by_its_looks_alone(
    painted: LookAlikes,
) -> None:
    found = search("red", positive=[painted["disc"][1]], threshold=0.999, limit=24)
    assert products(found) == set(Product.objects.filter(colour="red"))


def test_what_a_merchant_hides_is_no_reason(look_alikes: LookAlikes) -> None:
    liked = look_alikes["bars"][0]
    Hidden.objects.create(product=None, hidden=liked)
    assert {item.because for item in more_like_these([liked], limit=5)} == {None}


def test_what_cancels_out_looks_like_nothing() -> None:
    east = np.array([1, 0], dtype=np.float32)
    assert rocchio([east, -east]) is None
    assert rocchio([east], [2 * east]) is None
