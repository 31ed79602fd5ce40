"""Unusual files are seen as Chromium shows them.

`as_browsers_show.csv` has what Chromium shows of each quarter of `odd_files`, over white: the
quick tests compare ours with it, and the browser's test compares it with a real Chromium. To add
a file, add its line with any colours: the browser's test says which are right.
"""

import csv
from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser

from vrs_app.vision import Pixels, load, open_upright
from vrs_app.vision.cielab import to_lab

from .odd_files import SIDE, all_shown, colour_coded, tiffs

MOST = 3.0
"""The difference (CIE76) from which two patches side by side look different to most people."""

SAME = 1.0
"""What rounding may change between two versions of Chromium."""

QUARTERS = [(16, 16), (48, 16), (16, 48), (48, 48)]
"""x and y of the middle of each."""

COLOUR_CODED = {
    "PNG gAMA 1",
    "PNG gAMA 1/1.8",
    "PNG gAMA and cHRM of Display P3",
    "PNG cICP Display P3",
    "PNG cICP BT.2020",
    "PNG cICP BT.2020 as video",
    "PNG cICP linear",
    "PNG grey cICP linear",
    "PNG cICP unspecified, gAMA 1",
    "AVIF Display P3",
    "AVIF BT.2020 as video",
}
"""Files whose colours are converted by what they name.

The transfer function of video is for Chromium a power of 2.4 in a PNG, and sRGB's in an AVIF.
"""

HDR = {"PNG cICP PQ", "PNG cICP HLG"}
"""Files of high dynamic range, which each viewer tone-maps in its own way."""

TYPES = {"JPEG": "jpeg", "PNG": "png", "BMP": "bmp", "GIF": "gif", "WebP": "webp", "AVIF": "avif"}
"""The subtype of each file's media type, by the first word of its name."""

SHOW = """async ([files, places, side]) => {
  const seen = {};
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d', {colorSpace: 'srgb', willReadFrequently: true});
  context.fillStyle = 'white';
  for (const [name, source] of files) {
    const image = new Image();
    image.src = source;
    await image.decode();
    context.fillRect(0, 0, side, side);
    context.drawImage(image, 0, 0);
    seen[name] = places.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data.slice(0, 3)]);
  }
  return seen;
}"""
"""The colours at `places` of each file, drawn over white in sRGB."""


def files() -> dict[str, bytes]:
    return all_shown() | dict(colour_coded())


def as_browsers_show() -> dict[str, Pixels]:
    """4 × 3 for each name: the colours of the quarters."""
    with Path(__file__).with_name("as_browsers_show.csv").open(newline="") as file:
        return {name: _colours(hexadecimal) for name, *hexadecimal in csv.reader(file)}


def _colours(hexadecimal: list[str]) -> Pixels:
    return np.array([list(bytes.fromhex(each)) for each in hexadecimal], dtype=np.uint8)


SHOWN, FILES = as_browsers_show(), files()


def at_quarters(pixels: Pixels) -> Pixels:
    assert pixels.shape == (SIDE, SIDE, 3)
    return pixels[[y for _, y in QUARTERS], [x for x, _ in QUARTERS]]


def ours(data: bytes) -> Mapping[str, Pixels]:
    """The quarters of the thumbnail, and of what an embedder gets."""
    thumbnail = np.asarray(open_upright(BytesIO(data), (SIDE, SIDE)))
    return {"shown": at_quarters(thumbnail), "embedded": at_quarters(load(data, SIDE).pixels)}


def difference(found: Pixels, wanted: Pixels) -> float:
    """The largest of the quarters' differences (CIE76)."""
    apart: NDArray[np.float32] = to_lab(found) - to_lab(wanted)
    return float(np.linalg.norm(apart, axis=-1).max())


def assert_alike(data: bytes, name: str) -> None:
    for found in ours(data).values():
        assert difference(found, SHOWN[name]) <= MOST, (found.tolist(), SHOWN[name].tolist())


@pytest.mark.parametrize("name", sorted(all_shown()))
def test_a_file_of_unusual_depth_or_mode_is_seen_as_in_a_browser(name: str) -> None:
    assert_alike(FILES[name], name)


@pytest.mark.parametrize("name", sorted(COLOUR_CODED))
def test_the_colours_that_a_file_names_without_a_profile_are_seen_as_in_a_browser(
    name: str,
) -> None:
    assert_alike(FILES[name], name)


@pytest.mark.parametrize(("name", "data"), list(tiffs()))
def test_a_tiff_is_seen_as_a_png_of_the_same_values(name: str, data: bytes) -> None:
    assert_alike(data, name)


@pytest.mark.parametrize("name", sorted(HDR))
def test_high_dynamic_range_is_nearer_to_what_a_browser_shows_than_as_if_it_were_srgb(
    name: str,
) -> None:
    as_srgb = difference(SHOWN["PNG RGB"], SHOWN[name])
    for found in ours(FILES[name]).values():
        assert difference(found, SHOWN[name]) < as_srgb


def test_each_file_has_its_line() -> None:
    assert SHOWN.keys() == FILES.keys()
    assert {name for name, _ in colour_coded()} == COLOUR_CODED | HDR


@pytest.mark.slow
@pytest.mark.browser
def test_chromium_shows_what_the_table_says(browser: Browser) -> None:
    sources = [
        (name, f"data:image/{TYPES[name.split()[0]]};base64,{b64encode(data).decode()}")
        for name, data in FILES.items()
    ]
    page = browser.new_page()
    shown = page.evaluate(SHOW, [sources, QUARTERS, SIDE])
    page.close()
    apart = {
        name: [bytes(colour).hex() for colour in colours]
        for name, colours in shown.items()
        if difference(np.array(colours, dtype=np.uint8), SHOWN[name]) > SAME
    }
    assert apart == {}
