"""The colours that a garment is found to have."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vrs_app.vision.dominant_colours import SMALLEST_SHARE, measured
from vrs_app.vision.palette import BY_NAME, SHADES

from .garments import garment, shaded


def basic(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> str:
    """The first basic colour of what is found most."""
    return BY_NAME[next(iter(measured(pixels)))].basics[0]


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#1a1a1c", "black"),
        ("#808285", "grey"),
        ("#f2f1ef", "white"),
        ("#cdb592", "beige"),
        ("#6a4530", "brown"),
        ("#c01f2a", "red"),
        ("#e9a4b4", "pink"),
        ("#e87424", "orange"),
        ("#f2d43a", "yellow"),
        ("#2f8a55", "green"),
        ("#2a5cbc", "blue"),
        ("#6a3a9c", "purple"),
    ],
)
@pytest.mark.parametrize("wall", ["#e9e6e1", "#7a5c40", "#b01e22"])
def test_a_shaded_garment_has_its_colour_on_any_wall(colour: str, name: str, wall: str) -> None:
    assert basic(garment(colour, wall)) == name


@pytest.mark.parametrize(
    ("colour", "name"), [("#222e54", "navy"), ("#167a7e", "teal"), ("#701c30", "burgundy")]
)
def test_a_finer_shade_is_told(colour: str, name: str) -> None:
    assert next(iter(measured(garment(colour)))) == name


@pytest.mark.parametrize(("colour", "name"), [("#f5f4f2", "white"), ("#17181b", "black")])
def test_a_garment_on_its_own_colour_is_not_lost(colour: str, name: str) -> None:
    assert basic(garment(colour, wall=colour)) == name


def test_stripes_give_both_colours_by_their_shares() -> None:
    found = measured(garment("#f2f1ef", wall="#7a5c40", stripes="#c01f2a"))
    assert list(found)[:2] == ["white", "red"]
    assert found["white"] > found["red"] > 0.2


def test_shares_are_of_the_garment_the_largest_first() -> None:
    found = measured(garment("#2a5cbc", stripes="#f2d43a"))
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert 0.6 < sum(found.values()) <= 1.001
    assert min(found.values()) >= SMALLEST_SHARE
    assert set(found) <= {shade.name for shade in SHADES}


def test_who_wears_it_is_left_out() -> None:
    picture = Image.new("RGB", (224, 224), "#dfe3e6")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((84, 2, 140, 74), fill="#d9a184")
    draw.rectangle((70, 60, 154, 170), fill="#2f8a55")
    for left in (44, 154):
        draw.rectangle((left, 70, left + 26, 190), fill="#d9a184")
    assert [BY_NAME[name].basics[0] for name in measured(shaded(np.asarray(picture)))] == ["green"]


def test_a_garment_of_the_colour_of_skin_is_cloth() -> None:
    found = measured(garment("#d9a184", wall="#dfe3e6"))
    assert sum(found.values()) > 0.6


@pytest.mark.parametrize("side", [32, 112, 128, 224, 300])
def test_any_size_that_an_embedder_sees_will_do(side: int) -> None:
    picture = Image.fromarray(garment("#c01f2a")).resize((side, side))
    assert basic(np.asarray(picture)) == "red"


@pytest.mark.parametrize("value", [0, 255])
def test_an_empty_picture_is_no_error(value: int) -> None:
    assert measured(np.full((112, 112, 3), value, dtype=np.uint8))


def test_noise_is_no_error() -> None:
    chance = np.random.default_rng(3)
    measured(chance.integers(0, 256, (112, 112, 3), dtype=np.uint8))


def test_the_same_picture_has_the_same_colours() -> None:
    pixels = garment("#2a5cbc", stripes="#f2d43a")
    assert measured(pixels) == measured(pixels.copy())
