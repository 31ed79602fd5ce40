"""What the drawn catalogue promises to the demo shop."""

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray

from shop.drawing import Garment, draw, garments
from shop.drawing.catalogue import designs
from shop.drawing.palette import NAMED
from shop.drawing.patterns import PATTERNS
from shop.drawing.weave import GRAINS

CATALOGUE = garments()


def first(kind: str, pattern: str = "plain", view: str = "front") -> Garment:
    return next(
        garment
        for garment in CATALOGUE
        if (garment.kind, garment.pattern) == (kind, pattern) and view in garment.views
    )


def pixels(garment: Garment, view: str = "front") -> NDArray[np.int16]:
    return np.asarray(draw(garment, view), dtype=np.int16)


def test_there_are_enough_garments_kinds_and_colours() -> None:
    assert len(CATALOGUE) >= 240
    assert len({garment.kind for garment in CATALOGUE}) >= 8
    assert len({garment.colour for garment in CATALOGUE}) >= 12


def test_each_garment_has_a_slug_and_a_name_of_its_own() -> None:
    assert len({garment.slug for garment in CATALOGUE}) == len(CATALOGUE)
    assert len({garment.name for garment in CATALOGUE}) == len(CATALOGUE)
    assert all(garment.slug.replace("-", "").isalnum() for garment in CATALOGUE)


def test_every_pattern_is_there_more_than_ten_times() -> None:
    counts = Counter(garment.pattern for garment in CATALOGUE)
    assert set(counts) == set(PATTERNS)
    assert min(counts.values()) > 10


def test_the_front_page_is_mixed() -> None:
    front_page = CATALOGUE[:24]
    assert len({garment.kind for garment in front_page}) >= 8
    assert len({garment.colour for garment in front_page}) >= 10


def test_the_words_are_true_to_the_garment() -> None:
    for garment in CATALOGUE:
        assert garment.colour in garment.name
        assert garment.colour in garment.description
        assert garment.description.endswith(".")


def test_prices_end_as_prices_do_and_a_few_garments_are_sold_out() -> None:
    endings = {garment.price % 1 for garment in CATALOGUE}
    assert endings <= {Decimal("0.90"), Decimal("0.00"), Decimal("0.50")}
    sold_out = sum(garment.stock == 0 for garment in CATALOGUE)
    assert 0.01 < sold_out / len(CATALOGUE) < 0.06


def test_a_quarter_of_the_garments_have_a_second_view() -> None:
    assert {garment.views for garment in CATALOGUE} == {
        ("front",),
        ("front", "back"),
        ("front", "detail"),
    }
    assert sum(len(garment.views) > 1 for garment in CATALOGUE) >= len(CATALOGUE) / 4


def test_the_catalogue_is_the_same_each_time() -> None:
    assert garments() == CATALOGUE


def test_a_picture_is_the_same_each_time() -> None:
    for garment in (first("dress", "floral"), first("jacket")):
        assert draw(garment).tobytes() == draw(garment).tobytes()


@pytest.mark.parametrize("view", ["front", "back", "detail"])
def test_a_picture_is_an_upright_portrait(view: str) -> None:
    picture = draw(first("shirt"), view)
    assert (picture.mode, picture.size) == ("RGB", (720, 900))


def test_an_unknown_view_is_refused() -> None:
    with pytest.raises(ValueError, match="no such view"):
        draw(CATALOGUE[0], "inside")


@pytest.mark.parametrize("colour", sorted(NAMED))
def test_a_plain_garment_has_the_colour_of_its_name(colour: str) -> None:
    # Tops and bags are seamless in the middle, where no button hides the cloth.
    garment = next(
        garment
        for garment in CATALOGUE
        if (garment.pattern, garment.colour) == ("plain", colour)
        and garment.kind in ("t-shirt", "sweater", "bag", "dress", "hat", "skirt", "jacket")
        and "sun-" not in garment.slug
    )
    centre = pixels(garment)[430:520, 370:440].reshape(-1, 3)
    distance = np.abs(np.median(centre, axis=0) - NAMED[colour])
    assert distance.max() < 34, (garment.slug, np.median(centre, axis=0))


@pytest.mark.parametrize("pattern", [name for name in PATTERNS if name != "plain"])
def test_a_pattern_can_be_seen(pattern: str) -> None:
    design = next(d for d in designs().values() if d.garment.pattern == pattern)
    middle = pixels(design.garment)[200:700, 200:520].reshape(-1, 3)
    to_ground = np.abs(middle - NAMED[design.garment.colour]).max(axis=1)
    to_figure = np.abs(middle - NAMED[design.figure]).max(axis=1)
    assert ((to_figure < to_ground) & (to_figure < 60)).mean() > 0.02
    assert ((to_ground < to_figure) & (to_ground < 60)).mean() > 0.2


def test_every_second_view_differs_from_the_front() -> None:
    for kind in ("dress", "shirt", "jacket", "trousers"):
        garment = first(kind, view="back")
        difference = np.abs(pixels(garment) - pixels(garment, "back"))
        assert (difference.max(axis=2) > 12).mean() > 0.01, garment.slug


@pytest.mark.slow
def test_the_garment_stands_free_of_the_picture_s_edge() -> None:
    for garment in CATALOGUE[:11]:
        picture = pixels(garment)
        rim = np.concatenate([picture[:12].reshape(-1, 3), picture[:, :12].reshape(-1, 3)])
        assert rim.min() > 190, garment.slug


def test_every_fabric_has_a_grain() -> None:
    assert {design.cut.fabric for design in designs().values()} <= set(GRAINS)
