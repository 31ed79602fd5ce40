"""What a choice on the product's page does to the rows."""

import pytest

from shop.models import Product
from vrs_app.contrib.merchandising import rules
from vrs_app.contrib.merchandising.models import Hidden, Pin
from vrs_app.contrib.merchandising.rules import EVERYWHERE, HERE, NORMAL

from ...conftest import MakeShown

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(make_shown: MakeShown) -> list[Product]:
    return [make_shown() for _ in range(5)]


@pytest.mark.parametrize("place", [HERE, EVERYWHERE, "1", "7"])
@pytest.mark.parametrize("former", [NORMAL, HERE, EVERYWHERE, "1", "7"])
def test_from_any_place_to_any_other_and_back(
    things: list[Product], former: str, place: str
) -> None:
    page, other = things[:2]
    for wanted in (former, place):
        rules.arrange(page, {other.pk: wanted})
    assert rules.places(page).get(other.pk) == place or place == EVERYWHERE
    assert (rules.hidden_everywhere([other.pk]) == {other.pk}) == (place == EVERYWHERE)
    assert Pin.objects.count() + Hidden.objects.count() == 1
    rules.arrange(page, {other.pk: NORMAL})
    assert not Pin.objects.exists()
    assert not Hidden.objects.exists()


@pytest.mark.parametrize(
    ("moved", "after"),
    [
        ({"d": "1"}, {1: "d", 2: "a", 3: "b", 5: "c"}),
        ({"d": "5"}, {1: "a", 2: "b", 5: "d", 6: "c"}),
        ({"d": "3"}, {1: "a", 2: "b", 3: "d", 5: "c"}),
        ({"a": "2", "b": "1"}, {1: "b", 2: "a", 5: "c"}),
        ({"c": "1"}, {1: "c", 2: "a", 3: "b"}),
        ({"a": NORMAL}, {2: "b", 5: "c"}),
        ({"a": HERE, "d": "1"}, {1: "d", 2: "b", 5: "c"}),
        ({"d": "1", "e": "1"}, {1: "e", 2: "d", 3: "a", 4: "b", 5: "c"}),
    ],
)
def test_a_pin_pushes_those_in_its_way_down(moved: dict[str, str], after: dict[int, str]) -> None:
    assert rules.pins_after({1: "a", 2: "b", 5: "c"}, moved) == after


def test_pushed_down_pins_are_written(things: list[Product]) -> None:
    page, *others = things
    for other in others:
        rules.arrange(page, {other.pk: "1"})
    pins = Pin.objects.filter(product=page).order_by("position")
    assert [pin.recommended for pin in pins] == others[::-1]


@pytest.mark.parametrize("order", [1, -1], ids=["as they are stored", "the other way round"])
def test_of_two_for_one_position_the_latter_gets_it(things: list[Product], order: int) -> None:
    page, former, latter = things[0], *things[1:3][::order]
    rules.arrange(page, {former.pk: "1", latter.pk: "1"})
    pins = Pin.objects.filter(product=page).order_by("position")
    assert [pin.recommended for pin in pins] == [latter, former]


def test_showing_again_what_is_hidden_everywhere_leaves_its_pin(things: list[Product]) -> None:
    page, other = things[:2]
    Pin.objects.create(product=page, recommended=other, position=3)
    Hidden.objects.create(product=None, hidden=other)
    assert rules.places(page) == {other.pk: EVERYWHERE}
    rules.arrange(page, {other.pk: NORMAL})
    assert rules.places(page) == {other.pk: "3"}


def test_other_pages_keep_their_rules(things: list[Product]) -> None:
    page, neighbour, other = things[:3]
    Pin.objects.create(product=neighbour, recommended=other)
    Hidden.objects.create(product=neighbour, hidden=page)
    rules.arrange(page, {other.pk: HERE})
    rules.arrange(page, {other.pk: NORMAL})
    assert rules.places(neighbour) == {other.pk: "1", page.pk: HERE}


def test_a_product_that_is_gone_is_passed_over(things: list[Product]) -> None:
    page, other = things[:2]
    key = other.pk
    other.delete()
    changes = rules.arrange(page, {key: "1"})
    assert not changes.created
    assert not Pin.objects.exists()
