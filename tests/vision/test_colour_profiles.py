"""Colours are what the embedded profile says they are, in everything that reads a picture."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms
from playwright.sync_api import Browser

from vrs_app.photos.preprocess import pixels_of, prepare
from vrs_app.vision import dominant_colours, load, open_upright
from vrs_app.vision.colour_profiles import MOST_BYTES, bytes_to_convert, conversion_of

from ..browser_colours import Colour, colours_in_chromium, difference
from ..pictures import png_chunk
from .profiles import (
    ADOBE_RGB,
    COLOURS,
    PINK,
    SRGB_D50,
    TEAL,
    as_grey,
    as_rgb,
    cmyk_profile,
    grey_profile,
    inks_of,
    one_colour,
    rgb_profile,
)

P3, ADOBE = rgb_profile(), rgb_profile(ADOBE_RGB, 2.2)
LEAST_VISIBLE = 3.0
"""ΔE (CIE76) below which two colours of cloth look the same; 6 for four inks."""


def files(colour: Colour) -> dict[str, bytes]:
    """One colour of sRGB, in files of all kinds of profiles."""
    rgb = {"Display P3": P3, "Adobe RGB": ADOBE, "sRGB": rgb_profile(SRGB_D50)}
    made = {
        f"{name}, {format}": one_colour("RGB", as_rgb(colour, profile), format, profile)
        for name, profile in rgb.items()
        for format in ("JPEG", "PNG", "WEBP")
    }
    half_clear = (*as_rgb(colour, P3), 128)
    made["Display P3 with alpha, PNG"] = one_colour("RGBA", half_clear, "PNG", P3)
    grey = as_grey(colour[0], grey_profile(1.8))
    made["grey, PNG"] = one_colour("L", grey, "PNG", grey_profile(1.8))
    made["grey with alpha, PNG"] = one_colour("LA", (grey, 255), "PNG", grey_profile(1.8))
    made["grey of an RGB profile, JPEG"] = one_colour("L", colour[0], "JPEG", ADOBE)
    made["CMYK, JPEG"] = one_colour("CMYK", inks_of(colour), "JPEG", cmyk_profile())
    made["a profile of another kind, JPEG"] = one_colour("RGB", colour, "JPEG", cmyk_profile())
    return made


def shown(file: bytes) -> Colour:
    """The colour in the middle of a picture for display."""
    red, green, blue = np.asarray(open_upright(BytesIO(file), (64, 64)))[16, 16].tolist()
    return red, green, blue


@pytest.mark.slow
@pytest.mark.browser
def test_a_picture_has_the_colours_that_a_browser_shows(browser: Browser) -> None:
    made = {(name, colour): data for colour in COLOURS for name, data in files(colour).items()}
    seen = colours_in_chromium(browser, list(made.values()))
    for (name, colour), data, theirs in zip(made, made.values(), seen, strict=True):
        most = 2 * LEAST_VISIBLE if "CMYK" in name else LEAST_VISIBLE
        assert difference(shown(data), theirs) <= most, (name, colour, shown(data), theirs)


@pytest.mark.parametrize("colour", COLOURS)
def test_one_colour_is_the_same_in_each_profile(colour: Colour) -> None:
    for name, data in files(colour).items():
        if "grey" not in name and "alpha" not in name:
            assert difference(shown(data), colour) <= LEAST_VISIBLE, name


def test_a_pink_coat_from_a_print_file_is_pink_wherever_it_is_read() -> None:
    file = one_colour("CMYK", inks_of(PINK), "JPEG", cmyk_profile())
    embedded = load(file, 64).pixels
    photo = pixels_of(prepare(BytesIO(file)), 64)
    for pixels in (embedded, photo, np.asarray(open_upright(BytesIO(file), (64, 64)))):
        assert difference(tuple(pixels[9, 9].tolist()), PINK) <= LEAST_VISIBLE
        assert next(iter(dominant_colours.measured(pixels))) == "pink"


def test_what_is_saved_of_a_picture_is_srgb() -> None:
    for data in files(TEAL).values():
        small = BytesIO()
        open_upright(BytesIO(data), (64, 64)).save(small, "PNG")  # which writes any profile on
        assert "icc_profile" not in Image.open(small).info


def test_srgbs_own_profile_changes_no_pixel() -> None:
    built_in = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (built_in, rgb_profile(SRGB_D50)):
        opened = Image.open(BytesIO(one_colour("RGB", PINK, "PNG", profile)))
        assert conversion_of(opened) is None


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        bytes(200),
        P3[:150],
        P3[:36] + b"acsp" + bytes(300),
        P3.replace(b"mntr", b"link"),
        P3 + bytes(MOST_BYTES),
        P3.replace(b"desc\0\0\0\0", b"mpet\0\0\0\0"),
    ],
    ids=["none", "zeros", "cut short", "damaged", "of a link", "too large", "of unbounded memory"],
)
def test_an_unfit_profile_is_treated_as_none(profile: bytes) -> None:
    data = one_colour("RGB", PINK, "WEBP", profile)
    assert conversion_of(Image.open(BytesIO(data))) is None
    assert shown(data) == PINK


def test_the_memory_of_a_conversion_counts_before_it_is_built() -> None:
    plain = Image.open(BytesIO(one_colour("RGB", PINK, "PNG")))
    print_file = Image.open(BytesIO(one_colour("CMYK", inks_of(PINK), "JPEG", cmyk_profile())))
    assert bytes_to_convert(plain) == 0
    assert bytes_to_convert(print_file) > 4 * len(cmyk_profile())


def test_a_pngs_code_points_come_before_its_profile_unless_they_name_no_colours() -> None:
    file = one_colour("RGB", TEAL, "PNG", ADOBE)
    begin = file.index(b"iCCP") - 4
    for primaries, is_ignored in ((1, False), (2, True)):
        named = png_chunk(b"cICP", bytes([primaries, 13, 0, 1]))
        both = file[:begin] + named + file[begin:]
        assert (shown(both) == shown(file)) is is_ignored
        assert (shown(both) == TEAL) is not is_ignored


def test_a_conversion_is_built_once_for_all_pictures_of_a_profile() -> None:
    first, second = (
        conversion_of(Image.open(BytesIO(one_colour("RGB", colour, "PNG", P3))))
        for colour in (PINK, TEAL)
    )
    assert first is not None
    assert first is second
