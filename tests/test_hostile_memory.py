"""No file takes much memory, whichever way it comes into the shop."""

import sys
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from .hostile import cases
from .peaks import peaks
from .pictures import PALETTE, RGBA, encoded, garment, jpeg, noise, png, png_chunk, smooth

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere peaks are counted otherwise"),
]

MOST_MEGABYTES = 100


@cache
def heavy() -> dict[str, bytes]:
    """Good pictures of nearly as much memory as one may take, by the way they are written."""
    tall = Image.new("RGB", (2_000, 2_500), "teal")
    exif = Image.Exif()
    exif[0x0112] = 6
    palette = png_chunk(b"PLTE", bytes(range(256)) * 3)
    return {
        "a camera's, 12 million pixels": jpeg(smooth((4_000, 3_000))),
        "noise": jpeg(Image.fromarray(noise((4_000, 3_000)))),
        "large progressive": encoded(
            garment((3_900, 3_000)), "JPEG", progressive=True, subsampling=0
        ),
        "large progressive, 4:2:0": encoded(garment((6_000, 4_000)), "JPEG", progressive=True),
        "panorama on its side": jpeg(Image.new("RGB", (60_000, 800), "teal"), exif=exif),
        "large PNG": png((4_500, 4_500)),
        "large PNG on its side": encoded(Image.new("RGB", (11_000, 1_790)), "PNG", exif=exif),
        "large RGBA": png((90_000, 230), colour=RGBA),
        "large palette": png((7_000, 7_000), colour=PALETTE, extra=palette),
        "large WebP": encoded(tall, "WEBP", lossless=True, method=0),
        "large WebP that loses": encoded(smooth((2_000, 2_500)), "WEBP", method=0),
        "large AVIF": encoded(smooth((2_250, 2_250)), "AVIF", speed=10, subsampling="4:4:4"),
        "large TIFF": encoded(garment((3_200, 3_200)), "TIFF", compression="tiff_deflate"),
        "large TIFF as a JPEG": encoded(garment((3_200, 3_200)), "TIFF", compression="jpeg"),
        "large BMP": encoded(garment((2_800, 2_900)), "BMP"),
        "large GIF": encoded(Image.new("P", (6_000, 6_000)), "GIF"),
    }


@pytest.mark.parametrize(
    "reader", ["as_a_worker", "as_photo_search", "as_the_admin", "as_a_thumbnail"]
)
def test_no_file_takes_much_memory(tmp_path: Path, reader: str) -> None:
    files = heavy() | {case.name: case.data for case in cases()}
    taken = peaks(tmp_path, reader, files)
    assert {name: peak for name, peak in taken.items() if peak > MOST_MEGABYTES} == {}
    # Its pixels alone take so much; or nothing was measured.
    assert reader == "as_the_admin" or taken["4500² RGBA"] > 70
