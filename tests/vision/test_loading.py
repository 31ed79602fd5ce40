import hashlib
import os
import struct
import subprocess
import sys
import warnings
import zlib
from io import BytesIO
from unittest.mock import patch

import numpy as np
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from PIL import Image, ImageFile
from pytest_django import Settings

from vrs_app.exceptions import PictureDamaged, PictureError, PictureFormatRefused, PictureTooLarge
from vrs_app.vision import Pixels, load, open_upright, to_square

from ..hostile import READY, Case, cases
from ..pictures import (
    BOTTOM_LEFT,
    BOTTOM_RIGHT,
    TOP_LEFT,
    TOP_RIGHT,
    animated,
    encoded,
    garment,
    hidden_colours,
    jpeg,
    png,
    png_of,
    quarters,
    smooth,
    tiff_of,
    turned,
)
from ..processes import ROOT

SIZE = 128

CORNERS = {
    1: (TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT),
    2: (TOP_RIGHT, TOP_LEFT, BOTTOM_RIGHT, BOTTOM_LEFT),
    3: (BOTTOM_RIGHT, BOTTOM_LEFT, TOP_RIGHT, TOP_LEFT),
    4: (BOTTOM_LEFT, BOTTOM_RIGHT, TOP_LEFT, TOP_RIGHT),
    5: (TOP_LEFT, BOTTOM_LEFT, TOP_RIGHT, BOTTOM_RIGHT),
    6: (BOTTOM_LEFT, TOP_LEFT, BOTTOM_RIGHT, TOP_RIGHT),
    7: (BOTTOM_RIGHT, TOP_RIGHT, BOTTOM_LEFT, TOP_LEFT),
    8: (TOP_RIGHT, BOTTOM_RIGHT, TOP_LEFT, BOTTOM_LEFT),
}
"""Where a viewer sees the quarters of a file that says its EXIF orientation is this."""


def corners(pixels: Pixels) -> Pixels:
    """The colours of the four quarters, top ones first."""
    near, far = SIZE // 4, SIZE * 3 // 4
    return pixels[[near, near, far, far], [near, far, near, far]]


def assert_alike(pixels: Pixels, others: Pixels, *, most: float) -> None:
    """No more than `most` of 255 apart on average."""
    assert np.abs(pixels.astype(float) - others).mean() <= most


# --- the corpus -----------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Image size", "ignore:Corrupt EXIF")
@pytest.mark.usefixtures("corpus_limits")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_hostile_file_gets_the_verdict_that_its_owner_expects(case: Case) -> None:
    if case.verdict == READY:
        assert load(case.data, SIZE).pixels.shape == (SIZE, SIZE, 3)
        return
    with pytest.raises(PictureError) as caught:
        load(case.data, SIZE)
    assert caught.value.code == case.verdict
    assert case.why in str(caught.value)
    assert "Upload" in str(caught.value)


# --- what is seen ---------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", CORNERS)
def test_a_picture_stands_as_the_camera_held_it(orientation: int) -> None:
    picture = load(turned(orientation), SIZE)
    assert_alike(corners(picture.pixels), np.array(CORNERS[orientation], np.uint8), most=6)
    upright_size = (48, 64) if orientation >= 5 else (64, 48)
    assert (picture.width, picture.height) == upright_size


def test_a_tiff_is_turned_once() -> None:
    shades = np.array([[0, 60], [120, 250]], np.uint8).repeat(64, 0).repeat(32, 1)
    picture = load(tiff_of(shades, orientation=6), SIZE)
    assert corners(picture.pixels)[:, 0].tolist() == [120, 0, 250, 60]
    assert (picture.width, picture.height) == (128, 64)


@pytest.mark.parametrize("orientation", [0, 9, 99])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    assert_alike(load(turned(orientation), SIZE).pixels, load(jpeg(), SIZE).pixels, most=0)


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_colours_hidden_under_transparent_pixels_do_not_show(format: str) -> None:
    data = encoded(hidden_colours(), format, **({"exact": True} if format == "WEBP" else {}))
    assert load(data, SIZE).pixels.min() == 255


def test_what_is_half_transparent_is_half_white() -> None:
    glass = Image.new("RGBA", (50, 50), (200, 0, 100, 128))
    seen = load(encoded(glass, "PNG"), SIZE).pixels[64, 64]
    assert np.abs(seen.astype(int) - (227, 127, 177)).max() <= 1


@pytest.mark.parametrize("format", ["GIF", "PNG"])
def test_the_transparent_colour_of_a_palette_is_white(format: str) -> None:
    picture = Image.new("P", (40, 40), 3)
    picture.putpalette([0, 0, 0, 9, 9, 9, 9, 9, 9, 200, 0, 0])
    assert load(encoded(picture, format, transparency=3), SIZE).pixels.min() == 255
    assert load(encoded(picture, format), SIZE).pixels[0, 0].tolist() == [200, 0, 0]


def test_deep_greys_are_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65_535, SIZE).astype(np.uint16)[None, :].repeat(SIZE, 0)
    wanted = np.linspace(0, 255, SIZE)
    for data in (png_of(ramp), tiff_of(ramp.astype("<u2")), tiff_of(ramp.astype(">u2"))):
        assert np.abs(load(data, SIZE).pixels[64, :, 1] - wanted).max() <= 1


@pytest.mark.parametrize(
    ("brightest", "kind", "seen"),
    [(1.0, "<f4", 255), (0.5, "<f4", 127), (900.0, "<f4", 255), (400_000, "<i4", 255)],
)
def test_numbers_beyond_white_make_their_own_white(brightest: float, kind: str, seen: int) -> None:
    ramp = np.linspace(0, brightest, SIZE).astype(kind)[None, :].repeat(SIZE, 0)
    pixels = load(tiff_of(ramp), SIZE).pixels[64, :, 1]
    assert abs(int(pixels[-1]) - seen) <= 1
    assert abs(int(pixels[SIZE // 2]) - seen / 2) <= 2


def test_cmyk_shows_its_colours() -> None:
    seen = corners(load(jpeg(quarters().convert("CMYK")), SIZE).pixels)
    assert_alike(seen, np.array(CORNERS[1], np.uint8), most=8)


@pytest.mark.parametrize("format", ["GIF", "WEBP"])
def test_of_an_animation_the_first_frame_is_seen(format: str) -> None:
    data = animated(5, (40, 40), format)  # type: ignore[arg-type]
    assert_alike(load(data, SIZE).pixels[:1, :1], np.array([255, 0, 0], np.uint8), most=4)


# --- how it is reduced ----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_reduced_early_is_nearly_the_same_and_keeps_its_size(
    format: str,
) -> None:
    data = encoded(smooth((2_002, 1_503)), format, quality=95)
    picture = load(data, SIZE)
    whole = to_square(Image.open(BytesIO(data)).convert("RGB"), SIZE)
    assert_alike(picture.pixels, whole, most=1)
    assert (picture.width, picture.height) == (2_002, 1_503)


@pytest.mark.slow
def test_a_large_transparent_picture_reduced_early_has_no_seams() -> None:
    picture = smooth((2_400, 1_811), seed=1).convert("RGBA")
    picture.putalpha(smooth((2_400, 1_811), seed=2).convert("L"))
    white = Image.new("RGBA", picture.size, "white")
    wanted = to_square(Image.alpha_composite(white, picture).convert("RGB"), SIZE)
    seen = load(encoded(picture, "PNG", compress_level=1), SIZE).pixels
    assert_alike(seen, wanted, most=1)
    assert np.abs(seen.astype(int) - wanted).max() <= 6


def test_a_large_picture_on_its_side_keeps_its_upright_size() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = load(jpeg(quarters((1_600, 1_200)), exif=exif), 64)
    assert (picture.width, picture.height) == (1_200, 1_600)


@pytest.mark.slow
@pytest.mark.parametrize("format", ["JPEG", "PNG"])
@pytest.mark.parametrize("size", [(1_600, 1_200), (3_000, 5_000), (5_000, 700), (90, 4_000)])
def test_a_picture_for_people_keeps_its_shape_and_more_pixels_than_are_shown(
    format: str, size: tuple[int, int]
) -> None:
    data = encoded(garment(size), format)
    for within in ((160, 480), (720, 2_160), (1_080, 3_240)):
        seen = open_upright(BytesIO(data), within)
        shown = min(within[0] / size[0], within[1] / size[1], 1)
        for side, whole in zip(seen.size, size, strict=True):
            assert whole * shown - 1 < side <= whole
        assert abs(seen.width / seen.height / (size[0] / size[1]) - 1) < 0.03


def test_a_picture_for_people_that_is_shown_whole_keeps_all_its_pixels() -> None:
    large = (1_600, 1_600)
    assert open_upright(BytesIO(jpeg(garment((1_600, 1_200)))), large).size == (1_600, 1_200)
    assert open_upright(BytesIO(encoded(hidden_colours((9, 7)), "PNG")), large).size == (9, 7)


# --- what is refused ------------------------------------------------------------------------


def test_the_size_limits_are_the_settings(settings: Settings) -> None:
    data = encoded(garment((100, 100)), "PNG")
    settings.VRS = {"MAX_IMAGE_BYTES": len(data), "MAX_IMAGE_PIXELS": 10_000}
    load(data, SIZE)
    settings.VRS = {"MAX_IMAGE_BYTES": len(data) - 1}
    with pytest.raises(PictureTooLarge, match=rf"more than {len(data) - 1:,} bytes"):
        load(data, SIZE)
    settings.VRS = {"MAX_IMAGE_PIXELS": 9_999}
    with pytest.raises(PictureTooLarge, match="10,000 pixels; at most 9,999"):
        load(data, SIZE)


def test_every_frame_counts(settings: Settings) -> None:
    settings.VRS = {"MAX_IMAGE_PIXELS": 4_999}
    with pytest.raises(PictureTooLarge, match="5,000 pixels"):
        load(animated(5, (100, 10), "GIF"), SIZE)


def test_the_formats_are_the_settings(settings: Settings) -> None:
    settings.VRS = {"IMAGE_FORMATS": ["JPEG"]}
    load(jpeg(), SIZE)
    with pytest.raises(PictureFormatRefused):
        load(encoded(garment(), "PNG"), SIZE)


def test_a_format_may_be_written_in_small_letters(settings: Settings) -> None:
    settings.VRS = {"IMAGE_FORMATS": ["jpeg"]}
    load(jpeg(), SIZE)
    with pytest.raises(PictureDamaged):
        load(jpeg()[:3], SIZE)


def test_too_large_a_picture_is_refused_before_a_pixel_is_decoded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode(self: ImageFile.ImageFile) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    settings.VRS = {"MAX_IMAGE_PIXELS": 99}
    with pytest.raises(PictureTooLarge):
        load(png((10, 10)), SIZE)


def test_a_shop_that_makes_warnings_errors_gets_the_same_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pillow warns of more pixels than its own limit, and refuses twice as many."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000)
    with warnings.catch_warnings(action="error"), pytest.raises(PictureTooLarge, match="1600"):
        load(png((40, 40)), SIZE)


@pytest.mark.parametrize(
    "error",
    [OSError, SyntaxError, struct.error, zlib.error, Image.DecompressionBombError],
)
def test_whatever_a_decoder_raises_is_damage(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def decode(self: ImageFile.ImageFile) -> None:
        raise error

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    with pytest.raises(PictureDamaged, match=error.__name__):
        load(png((10, 10)), SIZE)


@pytest.mark.parametrize("error", [SoftTimeLimitExceeded, MemoryError])
def test_a_lack_of_time_or_memory_is_no_fault_of_the_picture(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def decode(self: ImageFile.ImageFile) -> None:
        raise error

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    with pytest.raises(error):
        load(png((10, 10)), SIZE)


# --- what is told ---------------------------------------------------------------------------


def test_the_digest_names_the_bytes() -> None:
    data = jpeg()
    assert load(data, SIZE).digest == hashlib.sha256(data).hexdigest()
    assert load(data, SIZE).digest != load(data + b"\0", SIZE).digest


def test_the_frames_of_a_tiff_are_not_counted() -> None:
    """Seen with Pillow 13.0.0: counting takes time that grows with the square of their number,
    minutes for the largest file."""
    tiny = Image.new("L", (2, 2))
    data = encoded(tiny, "TIFF", save_all=True, append_images=[tiny])
    with patch("PIL.TiffImagePlugin.TiffImageFile.n_frames", property(lambda self: 1 / 0)):
        assert load(data, SIZE).width == 2


@pytest.mark.slow
def test_a_hostile_file_does_not_drown_the_log() -> None:
    code = """
import sys, django
django.setup()
from tests.hostile import metadata
from vrs_app import vision
from vrs_app.exceptions import PictureError
for case in metadata.cases():
    if "share their bytes" in case.name:
        try:
            vision.load(case.data, 224)
        except PictureError:
            pass
        print("judged")
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.split(), done.stderr) == (["judged"] * 2, "")
