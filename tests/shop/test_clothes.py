"""What the demo's clothes promise: enough of them, of every kind, free, small and readable."""

import re
from collections import Counter
from decimal import Decimal

import pytest
from PIL import Image

from shop.loading.clothes import missing
from shop.loading.table import COLOURS, CONDITIONS, FOLDER, PHOTOS, Garment, read

GARMENTS = read()
FILES = sorted((FOLDER / PHOTOS).iterdir())


def test_there_are_enough_garments_and_photos() -> None:
    assert len(GARMENTS) >= 250
    assert len({garment.photos[0] for garment in GARMENTS}) >= 250


def test_their_licence_lies_beside_them() -> None:
    licence = (FOLDER / "LICENSE").read_text()
    assert "CC0 1.0 Universal" in licence
    assert "CC0 1.0" in (FOLDER / "README.md").read_text()


def test_all_of_it_is_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()) <= 8_000_000


def test_every_photo_is_named_by_a_row_and_every_row_names_its_source() -> None:
    named = {name for garment in GARMENTS for name in garment.photos}
    assert {file.name for file in FILES} == named
    assert all(re.fullmatch(r"[a-z-]+/[\w-]+\.jpg", garment.source) for garment in GARMENTS)


@pytest.mark.slow
def test_every_photo_is_an_upright_jpeg_of_640_pixels_at_most_without_metadata() -> None:
    for file in FILES:
        with Image.open(file) as picture:
            picture.load()
            assert (picture.format, picture.mode) == ("JPEG", "RGB"), file
            assert max(picture.size) <= 640, file
            assert min(picture.size) >= 200, file
            assert not {"exif", "icc_profile", "xmp", "comment"} & set(picture.info), file


def test_each_garment_has_a_slug_and_a_name_of_its_own() -> None:
    assert len({garment.slug for garment in GARMENTS}) == len(GARMENTS)
    assert len({garment.name for garment in GARMENTS}) == len(GARMENTS)


def test_every_category_has_enough_to_find_look_alikes_in() -> None:
    counts = Counter(garment.category for garment in GARMENTS)
    assert len(counts) == 10
    assert min(counts.values()) >= 20


def test_nearly_every_colour_and_every_condition_is_worn() -> None:
    counts = Counter(colour for garment in GARMENTS for colour in garment.colours)
    assert len(counts) >= len(COLOURS) - 1
    assert all(len(set(garment.colours)) == len(garment.colours) <= 3 for garment in GARMENTS)
    assert {garment.condition for garment in GARMENTS} == set(CONDITIONS)


def test_prices_and_descriptions_are_those_of_a_second_hand_shop() -> None:
    for garment in GARMENTS:
        assert Decimal(4) <= garment.price <= Decimal(75), garment.slug
        assert 60 <= len(garment.description) <= 260, garment.slug
        assert garment.description.endswith("."), garment.slug


@pytest.mark.parametrize(
    ("what", "found", "least", "most"),
    [
        ("sold out", [g for g in GARMENTS if not g.stock], 5, 20),
        ("hidden", [g for g in GARMENTS if not g.published], 4, 20),
        ("with details", [g for g in GARMENTS if len(g.photos) > 1], 25, 80),
        ("more than one left", [g for g in GARMENTS if g.stock > 1], 5, 40),
    ],
)
def test_some_are_of_each_kind_that_a_shop_must_show(
    what: str, found: list[Garment], least: int, most: int
) -> None:
    assert least <= len(found) <= most, what


def test_some_garments_are_listed_twice() -> None:
    counts = Counter(garment.photos[0] for garment in GARMENTS)
    assert set(counts.values()) == {1, 2}
    assert sum(count == 2 for count in counts.values()) >= 4


@pytest.mark.django_db
def test_the_front_page_shows_every_category() -> None:
    newest = [garment for garment in reversed(missing()) if garment.stock and garment.published]
    assert len({garment.category for garment in newest[:24]}) == 10
