"""A box of a picture: where it lies in the file, how sharp it is, what it may take."""

import math
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pytest_django import Settings

from vrs_app.exceptions import PictureTooLarge
from vrs_app.vision import crop_and_scale, load, memory_budget, to_square
from vrs_app.vision.containers import structure_of
from vrs_app.vision.crop import WHOLE, checked
from vrs_app.vision.crop_and_scale import open_part
from vrs_app.vision.decoding import orientation_of

from ..pictures import (
    BOTTOM_LEFT,
    BOTTOM_RIGHT,
    RGBA,
    TOP_LEFT,
    TOP_RIGHT,
    encoded,
    jpeg,
    noise,
    png,
    quarters,
    smooth,
    turned,
)
from .test_loading import CORNERS

QUARTERS = {
    (0.0, 0.0, 0.5, 0.5): 0,
    (0.5, 0.0, 1.0, 0.5): 1,
    (0.0, 0.5, 0.5, 1.0): 2,
    (0.5, 0.5, 1.0, 1.0): 3,
}
"""Boxes, and the place of the corner that they hold in CORNERS."""


def part(data: bytes, box: Any = WHOLE, smallest: int = 512) -> Image.Image:
    return open_part(BytesIO(data), box, smallest=smallest).image


def mean(picture: Image.Image) -> NDArray[np.float64]:
    colour: NDArray[np.float64] = np.asarray(picture, np.float64).mean(axis=(0, 1))
    return colour


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_the_orientation_is_read_once_a_picture(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []

    def counted(image: Image.Image) -> Any:
        read.append(image)
        return orientation_of(image)

    monkeypatch.setattr(crop_and_scale, "orientation_of", counted)
    exif = Image.Exif()
    exif[0x0112] = 6
    load(encoded(quarters(), format, exif=exif), 32)
    assert len(read) == 1


@pytest.mark.parametrize("orientation", CORNERS)
@pytest.mark.parametrize("box", QUARTERS)
def test_a_box_is_one_of_the_picture_as_people_see_it(orientation: int, box: Any) -> None:
    found = mean(part(turned(orientation), box))
    assert np.abs(found - CORNERS[orientation][QUARTERS[box]]).max() < 12


def test_a_box_is_the_same_in_a_large_jpeg_that_is_reduced() -> None:
    large = jpeg(quarters((3200, 2400)))
    for box, corner in QUARTERS.items():
        right = (TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT)[corner]
        assert np.abs(mean(part(large, box)) - right).max() < 8


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_small_box_of_a_large_picture_is_as_sharp_as_its_pixels_allow(format: str) -> None:
    picture = Image.new("RGB", (3000, 2400), "white")
    garment = Image.fromarray(noise((75, 60))).resize((600, 480), Image.Resampling.NEAREST)
    picture.paste(garment, (1200, 960))
    found = part(encoded(picture, format), (0.4, 0.4, 0.6, 0.6))
    assert found.size == (600, 480)
    assert np.abs(np.asarray(found).astype(int) - np.asarray(garment)).mean() < 12


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(300, 400), (513, 1023), (1400, 900), (2000, 40), (60, 3000)])
def test_sides_keep_what_an_embedder_can_use_and_no_more(
    format: str, size: tuple[int, int]
) -> None:
    found = part(encoded(smooth(size), format))
    for side, before in zip(found.size, size, strict=True):
        assert min(before, 512) <= side < 1024
    seen, whole = (to_square(each, 64).astype(int) for each in (found, smooth(size)))
    assert np.abs(seen - whole).mean() < 6


@pytest.mark.parametrize(
    "box",
    [
        (0, 0, 1),
        (0, 0, 1, 1, 1),
        "0011",
        b"0011",
        {0: 0, 1: 0, 2: 1, 3: 1},
        ("0", "0", "1", "1"),
        (0, 0, math.nan, 1),
        (0, 0, math.inf, 1),
        (0, 0, True, True),
        (0.5, 0, 0.5, 1),
        (0.6, 0, 0.5, 1),
        (0, 0.6, 1, 0.5),
        (-0.1, 0, 1, 1),
        (0, 0, 1, 1.1),
    ],
)
def test_a_box_that_is_none_is_told_what_one_is(box: Any) -> None:
    with pytest.raises(ValueError, match=r"^box is .* Write left, top, right and bottom as"):
        checked(box)


def test_no_box_is_the_whole_picture_and_a_browsers_rounding_is_forgiven() -> None:
    assert checked(None) == WHOLE
    assert checked([0, -1e-9, 1.0000001, 1]) == WHOLE


def test_a_box_of_too_few_pixels_is_told_how_many_it_has() -> None:
    with pytest.raises(ValueError, match=r"^box holds 6 × 24 pixels .* 16 × 16 are needed"):
        part(jpeg(), (0.0, 0.0, 0.1, 0.5))
    lying = turned(6)  # 48 × 64 as people see it
    with pytest.raises(ValueError, match="holds 4 × 32"):
        part(lying, (0.0, 0.0, 0.1, 0.5))
    assert part(encoded(Image.new("RGB", (1, 1)), "PNG")).size == (1, 1)


# --- memory ---------------------------------------------------------------------------------


def needed(data: bytes, reduction: int = 1) -> int:
    structure = replace(structure_of(data), metadata=0)
    return memory_budget.bytes_to_decode(Image.open(BytesIO(data)), structure, reduction)


def test_a_jpeg_of_several_scans_is_known_to_be_kept_whole() -> None:
    picture = smooth((640, 480))
    pixels = 640 * 480
    assert needed(jpeg(picture)) == 4 * pixels
    assert needed(jpeg(picture), 8) == pixels // 16
    progressive = encoded(picture, "JPEG", progressive=True, subsampling=0)
    assert needed(progressive, 8) == pixels // 16 + 6 * pixels
    halved = encoded(picture, "JPEG", progressive=True, subsampling=2)
    assert needed(halved, 8) == pixels // 16 + 3 * pixels


def test_a_first_scan_of_one_component_means_several() -> None:
    whole = jpeg(smooth((640, 480)))
    start = whole.index(b"\xff\xda\x00\x0c\x03")
    alone = whole[:start] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + whole[start + 14 :]
    assert needed(alone, 8) > 640 * 480
    assert needed(whole, 8) < 640 * 480


@pytest.fixture
def little_memory(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"MAX_IMAGE_MEMORY": 40_000_000}


@pytest.mark.usefixtures("little_memory")
def test_what_would_take_too_much_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PictureTooLarge, match="bytes of memory; at most 40,000,000"):
        part(png((2_600, 2_600), colour=RGBA))


@pytest.mark.usefixtures("little_memory")
def test_a_photo_of_many_pixels_is_found_a_part_of_at_less_sharpness() -> None:
    large = jpeg(Image.new("RGB", (3_000, 3_000), "teal"))
    assert part(large, (0.0, 0.0, 0.1, 0.1)).size == (150, 150)
