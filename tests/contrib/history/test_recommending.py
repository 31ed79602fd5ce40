"""For you: every taste in the first ten, nothing that they know, and a reason for each."""

import datetime
import logging
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from shop.models import Product
from vrs_app import display
from vrs_app.catalogue import Interaction, catalogue
from vrs_app.contrib import history
from vrs_app.contrib.history import recommend_for
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.shopper import Shopper
from vrs_app.contrib.merchandising.models import Hidden
from vrs_app.exceptions import CatalogueLacks
from vrs_app.queries import Source, knn
from vrs_app.queries.knn import nearest_products

from ...conftest import EmbedAll, MakeShown
from ...shapes import shape
from .conftest import Did, LookAlikes, visit
from .test_recording import table_away

__all__ = ["table_away"]

pytestmark = pytest.mark.django_db


def keys(items: Iterable[Any]) -> list[int]:
    return [item.product.pk for item in items]


def kinds(items: Iterable[Any]) -> Counter[str]:
    return Counter(item.product.category.slug for item in items)


# --- several interests -----------------------------------------------------------------------


def test_two_tastes_are_both_in_the_first_ten(
    shopper: Shopper, look_alikes: LookAlikes, did: Did
) -> None:
    did(shopper, "liked", *look_alikes["disc"][:3], *look_alikes["stripes"][:2])
    found = list(recommend_for(shopper))
    assert len(found) == 10
    assert kinds(found)["disc"] == 3  # all that there are
    assert kinds(found)["stripes"] >= 3
    alike = list(recommend_for(shopper, limit=6, diversity=0))
    assert kinds(alike) == {"disc": 3, "stripes": 3}


def test_a_small_second_taste_is_there_too(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"INTERESTS": 2}
    did(shopper, "bought", *look_alikes["disc"][:4])
    did(shopper, "viewed", look_alikes["triangle"][0])
    found = kinds(recommend_for(shopper, diversity=0))
    assert found["disc"] == 2
    assert found["triangle"] >= 1


def searches_in(captured: CaptureQueriesContext) -> int:
    """How often vectors were searched."""
    return sum("<=>" in query["sql"] for query in captured)


def test_there_are_never_more_interests_than_the_settings_allow(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, settings: Settings
) -> None:
    for products in look_alikes.values():
        did(shopper, "liked", *products[:2])
    settings.VRS = settings.VRS | {"INTERESTS": 4}
    assert set(kinds(recommend_for(shopper, limit=4, diversity=0))) == set(look_alikes)
    with CaptureQueriesContext(connection) as four:
        list(recommend_for(shopper, limit=4))
    settings.VRS = settings.VRS | {"INTERESTS": 1}
    with CaptureQueriesContext(connection) as one:
        list(recommend_for(shopper, limit=4))
    assert searches_in(one) < searches_in(four) / 2


def test_the_newest_weighs_more(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"HALF_LIFE_DAYS": 10}
    did(shopper, "liked", *look_alikes["disc"][:2], days=90)
    did(shopper, "liked", *look_alikes["bars"][:2], days=1)
    found = list(recommend_for(shopper, limit=4, diversity=0))
    assert kinds(found)["bars"] > kinds(found)["disc"]
    assert found[0].product.category.slug == "bars"


def test_what_was_bought_says_more_than_what_was_viewed(
    shopper: Shopper, look_alikes: LookAlikes, did: Did
) -> None:
    did(shopper, "viewed", look_alikes["disc"][0])
    did(shopper, "bought", look_alikes["bars"][0])
    assert recommend_for(shopper, limit=1)[0].product.category.slug == "bars"


# --- what is left out ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bought", "dismissed", "liked", "cart"])
def test_what_they_know_is_never_shown(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, kind: str
) -> None:
    did(shopper, "viewed", *look_alikes["disc"])
    did(shopper, kind, *look_alikes["disc"][:3])
    found = list(recommend_for(shopper, limit=100))
    assert len(found) == Product.objects.count() - 3
    assert not {each.pk for each in look_alikes["disc"][:3]} & {*keys(found)}


def test_not_interested_works_at_once(shopper: Shopper, look_alikes: LookAlikes) -> None:
    history.record(shopper, look_alikes["disc"][0], "liked")
    first = recommend_for(shopper)[0].product
    history.record(shopper, first, "dismissed")
    assert first.pk not in keys(recommend_for(shopper, limit=100))


def test_a_change_of_mind_counts(shopper: Shopper, look_alikes: LookAlikes, did: Did) -> None:
    did(shopper, "liked", look_alikes["disc"][0], days=2)
    did(shopper, "dismissed", look_alikes["disc"][0], days=1)
    assert {item.source for item in recommend_for(shopper)} == {"newest"}
    history.record(shopper, look_alikes["disc"][0], "liked")
    assert recommend_for(shopper)[0].source == "visual"


def test_nearly_the_same_as_what_was_refused_goes_with_it(
    shopper: Shopper, look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll, did: Did
) -> None:
    twin = make_shown(shape("disc", seed=1), category="disc")  # the picture of the second disc
    embed_all()
    did(shopper, "liked", look_alikes["disc"][0])
    assert {look_alikes["disc"][1].pk, twin.pk} & {*keys(recommend_for(shopper, limit=5))}
    did(shopper, "dismissed", look_alikes["disc"][1])
    assert twin.pk not in keys(recommend_for(shopper, limit=100))


@pytest.mark.slow
def test_the_very_photo_of_what_was_refused_goes_with_it_at_the_strictest_threshold(
    shopper: Shopper,
    look_alikes: LookAlikes,
    make_shown: MakeShown,
    embed_all: EmbedAll,
    did: Did,
    settings: Settings,
) -> None:
    settings.VRS = settings.VRS | {"DUPLICATE_THRESHOLD": 1.0}
    kinds = ("triangle", "stripes")
    twins = {make_shown(shape(kind, seed=seed)).pk for kind in kinds for seed in range(6)}
    embed_all()
    did(shopper, "liked", look_alikes["disc"][0])
    did(shopper, "dismissed", *look_alikes["triangle"], *look_alikes["stripes"])
    assert not twins & {*keys(recommend_for(shopper, limit=100))}


def test_what_is_hidden_unpublished_or_sold_out_is_never_shown(
    shopper: Shopper, look_alikes: LookAlikes, did: Did
) -> None:
    liked, hidden, unpublished, sold_out, *_ = look_alikes["disc"]
    did(shopper, "liked", liked)
    Hidden.objects.create(hidden=hidden)
    Product.objects.filter(pk=unpublished.pk).update(published=False)
    Product.objects.filter(pk=sold_out.pk).update(stock=0)
    found = keys(recommend_for(shopper, limit=100))
    assert not {hidden.pk, unpublished.pk, sold_out.pk} & {*found}
    assert len(found) == len(set(found)) == Product.objects.count() - 4


def test_what_is_hidden_beside_the_one_product_they_like_is_no_look_alike(
    shopper: Shopper, look_alikes: LookAlikes, did: Did
) -> None:
    liked, hidden, *_ = look_alikes["disc"]
    did(shopper, "liked", liked)
    assert hidden.pk in keys(recommend_for(shopper, limit=3, diversity=0))
    Hidden.objects.create(product=liked, hidden=hidden)
    assert hidden.pk not in keys(recommend_for(shopper, limit=3, diversity=0))


# --- each with its reason ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("bought", "Because you bought Thing 1"),
        ("liked", "Because you liked Thing 1"),
        ("cart", "Because you chose Thing 1"),
        ("viewed", "Because you viewed Thing 1"),
    ],
)
def test_the_reason_names_the_strongest_that_was_done(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, kind: str, reason: str
) -> None:
    did(shopper, "viewed", look_alikes["disc"][0])
    if kind != "viewed":
        did(shopper, kind, look_alikes["disc"][0], days=3)
    item = recommend_for(shopper)[0]
    assert item.because == look_alikes["disc"][0]
    assert item.reason == reason  # type: ignore[attr-defined]


def test_a_product_without_a_page_is_not_named(
    shopper: Shopper, look_alikes: LookAlikes, did: Did
) -> None:
    did(shopper, "liked", look_alikes["disc"][0])
    Product.objects.filter(pk=look_alikes["disc"][0].pk).update(published=False)
    item = recommend_for(shopper)[0]
    assert (item.source, item.because) == ("visual", None)
    assert item.reason == "Chosen for you"  # type: ignore[attr-defined]


# --- with no history ---------------------------------------------------------------------------


def test_somebody_unknown_sees_what_is_popular_then_what_is_newest(
    anna: User, look_alikes: LookAlikes, did: Did
) -> None:
    wanted, second = look_alikes["bars"][:2]
    did(Shopper.of(anna), "bought", wanted)
    did(Shopper.of(anna), "viewed", wanted, second)
    for who in (None, visit(), User.objects.create_user("other")):
        found = list(recommend_for(who, limit=6))
        assert keys(found[:2]) == [wanted.pk, second.pk]
        assert [item.source for item in found] == ["popular"] * 2 + ["newest"] * 4
        assert [item.position for item in found] == [1, 2, 3, 4, 5, 6]
        assert [item.reason for item in found[1:3]] == [  # type: ignore[attr-defined]
            "Popular now",
            "New in the shop",
        ]
        assert all(item.because is None for item in found)


def test_products_without_vectors_leave_what_is_popular(
    shopper: Shopper, make_shown: MakeShown, did: Did
) -> None:
    products = [make_shown() for _ in range(4)]
    did(shopper, "liked", products[0])
    assert {item.source for item in recommend_for(shopper)} == {"newest"}


def test_too_few_look_alikes_are_filled_up(
    shopper: Shopper, look_alikes: LookAlikes, did: Did
) -> None:
    did(shopper, "liked", look_alikes["disc"][0])
    found = list(recommend_for(shopper, limit=9, threshold=0.6))
    assert Counter(item.source for item in found)[Source.VISUAL] == 5
    assert {item.source for item in found[5:]} == {"newest"}
    assert len(set(keys(found))) == 9


# --- pages, options, costs -----------------------------------------------------------------------


@pytest.mark.slow
def test_pages_go_on_where_the_last_ended(
    shopper: Shopper, look_alikes: LookAlikes, did: Did
) -> None:
    did(shopper, "liked", *look_alikes["disc"][:2], look_alikes["bars"][0])
    did(shopper, "dismissed", look_alikes["bars"][1])
    whole = keys(recommend_for(shopper, limit=100))
    assert len(whole) == len(set(whole)) == 20
    for size in (1, 3, 7):
        paged = [
            key
            for offset in range(0, 21, size)
            for key in keys(recommend_for(shopper, limit=size, offset=offset))
        ]
        assert paged == whole
    assert keys(recommend_for(shopper, limit=100)[4:9]) == whole[4:9]


def test_there_are_a_hundred_places_and_nothing_beyond(
    shopper: Shopper, look_alikes: LookAlikes, did: Did
) -> None:
    did(shopper, "liked", look_alikes["disc"][0])
    shelf = look_alikes["disc"][0].category
    Product.objects.bulk_create(
        Product(name="Plain", slug=f"plain-{number}", category=shelf, price=1)
        for number in range(100)
    )
    whole = keys(recommend_for(shopper, limit=1_000))
    assert len(whole) == len(set(whole)) == 100
    assert keys(recommend_for(shopper, limit=100, offset=90)) == whole[90:]
    assert keys(recommend_for(shopper, limit=1_000)[95:200]) == whole[95:]


def test_no_interest_is_asked_for_more_than_can_be_shown(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, monkeypatch: pytest.MonkeyPatch
) -> None:
    did(shopper, "liked", look_alikes["disc"][0], look_alikes["bars"][0])
    did(shopper, "dismissed", look_alikes["disc"][1])
    counts = []

    def counted(*arguments: Any, count: int, **options: Any) -> Any:
        counts.append(count)
        return nearest_products(*arguments, count=count, **options)

    monkeypatch.setattr(knn, "nearest_products", counted)
    list(recommend_for(shopper, limit=100, offset=99))
    assert sorted(counts) == [100, 101]  # one more where a twin of what was dismissed may be
    assert list(recommend_for(shopper, limit=100, offset=1_000)) == []
    assert len(counts) == 2


def test_prices_narrow_and_bad_options_are_named(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, monkeypatch: pytest.MonkeyPatch
) -> None:
    did(shopper, "liked", look_alikes["disc"][0])
    cheap = look_alikes["bars"][0]
    Product.objects.filter(pk=cheap.pk).update(price=Decimal(3))
    assert keys(recommend_for(shopper, price_max=5)) == [cheap.pk]
    assert keys(recommend_for(shopper, price_max=5, exclude=[cheap])) == []
    for mistaken in ({"limit": -1}, {"diversity": 2}, {"exclude": "x"}, {"price_within": 0.1}):
        with pytest.raises(ValueError, match=next(iter(mistaken))):
            recommend_for(shopper, **mistaken)
    monkeypatch.setattr(catalogue(), "priced", lambda *_: None)
    with pytest.raises(CatalogueLacks):
        recommend_for(shopper, price_max=5)


def test_the_shops_rules_see_the_request(
    anna: User, look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    visible = catalogue().visible

    def seeing(request: Any = None) -> Any:
        seen.append(request)
        return visible(request)

    monkeypatch.setattr(catalogue(), "visible", seeing)
    request = visit(anna)
    history.record(request, look_alikes["disc"][0], "liked")
    assert list(recommend_for(request))
    assert set(seen) == {request}


def test_a_long_history_costs_no_more_queries_than_a_short_one(
    shopper: Shopper, look_alikes: LookAlikes, did: Did
) -> None:
    for products in look_alikes.values():
        did(shopper, "liked", products[0])
    with CaptureQueriesContext(connection) as few:
        list(recommend_for(shopper, limit=4))
    for products in look_alikes.values():
        did(shopper, "viewed", *products)
        did(shopper, "bought", products[1])
    with CaptureQueriesContext(connection) as many:
        list(recommend_for(shopper, limit=4))
    assert len(many) <= len(few) + 2  # what was found is compared with what was bought
    selects = [each for each in few if each["sql"].startswith("SELECT")]
    # Of four interests, whose pictures are looked for twice, since there are but a few.
    assert len(selects) <= 4 * 2 + 7


# --- a shop with a history of its own --------------------------------------------------------


def test_what_the_shop_knows_by_itself_counts_instead_of_ours(
    shopper: Shopper, look_alikes: LookAlikes, did: Did, monkeypatch: pytest.MonkeyPatch
) -> None:
    did(shopper, "viewed", look_alikes["disc"][0])
    asked = []

    def orders(who: Any) -> list[Interaction]:
        asked.append(who)
        at = datetime.datetime(2026, 1, 1)  # as a shop without time zones has it
        return [Interaction(product=str(look_alikes["bars"][0].pk), kind="bought", at=at)]

    monkeypatch.setattr(catalogue(), "interactions", orders)
    found = list(recommend_for(shopper, limit=5, diversity=0))
    assert kinds(found) == {"bars": 5}
    assert found[0].because == look_alikes["bars"][0]
    assert look_alikes["bars"][0].pk not in keys(recommend_for(shopper, limit=100))
    assert set(asked) == {shopper}


def test_a_shop_with_its_own_needs_no_table_of_ours(
    shopper: Shopper,
    look_alikes: LookAlikes,
    table_away: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = Interaction(product=look_alikes["bars"][0].pk, kind="liked", at=timezone.now())
    monkeypatch.setattr(catalogue(), "interactions", lambda who: (each for each in [one]))
    found = list(recommend_for(shopper, limit=100))
    assert found[0].product.category.slug == "bars"
    assert len(found) == Product.objects.count() - 1


def test_a_kind_that_the_shop_invents_is_named_in_the_log(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    monkeypatch.setattr(display, "_logged", {})
    one = Interaction(product=1, kind="rented", at=timezone.now())
    monkeypatch.setattr(catalogue(), "interactions", lambda who: [one])
    assert history.interactions(shopper) == []
    assert "not 'rented'" in caplog.text


def test_before_our_table_is_there_the_newest_are_shown(
    shopper: Shopper, look_alikes: LookAlikes, table_away: None
) -> None:
    assert {item.source for item in recommend_for(shopper)} == {"newest"}
    assert InteractionRow._meta.label == "vrs_history.InteractionRow"
