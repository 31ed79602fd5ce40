"""After an upgrade it is told which files give other pixels now, and which give the same."""

from io import BytesIO

import pytest
from PIL import Image

from vrs_app.vision import DECODER_VERSION, has_changed_since

from ..pictures import garment, jpeg, png
from .odd_files import all_shown
from .profiles import PINK, SRGB_D50, as_rgb, grey_profile, one_colour, rgb_profile


def turned(format: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = BytesIO()
    garment().save(file, format, exif=exif)
    return file.getvalue()


FILES = all_shown()

CHANGED = {
    "Display P3": one_colour("RGB", as_rgb(PINK, rgb_profile()), "JPEG", rgb_profile()),
    "grey of a gamma": one_colour("L", 99, "PNG", grey_profile(1.8)),
    "WebP turned by EXIF": turned("WEBP"),
    "PNG of a transparent grey": FILES["PNG grey 4, lighter clear"],
    "JPEG turned by XMP": FILES["JPEG orientation in XMP alone"],
    "PNG with a hidden picture": FILES["PNG animated, first picture hidden"],
}
SAME = {
    "JPEG": jpeg(),
    "PNG": png((8, 8)),
    "sRGB": one_colour("RGB", PINK, "JPEG", rgb_profile(SRGB_D50)),
    "JPEG turned by EXIF": turned("JPEG"),
    "no picture": b"nothing",
}


@pytest.mark.parametrize("data", CHANGED.values(), ids=CHANGED)
def test_a_file_that_gives_other_pixels_now_is_told(data: bytes) -> None:
    assert has_changed_since(1, data)
    assert not has_changed_since(DECODER_VERSION, data)


@pytest.mark.parametrize("data", SAME.values(), ids=SAME)
def test_a_file_that_gives_the_same_pixels_is_not(data: bytes) -> None:
    assert not has_changed_since(1, data)
