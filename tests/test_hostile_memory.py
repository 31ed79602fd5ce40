"""No file takes much memory or time, whichever way it comes into the shop, nor of Pillow alone."""

import sys
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from .costs import Costs, costs
from .hostile import LIMITS, cases
from .pictures import (
    PALETTE,
    RGBA,
    encoded,
    exif_orientation,
    garment,
    heic,
    jpeg,
    noise,
    png,
    png_chunk,
    smooth,
)

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere peaks are counted otherwise"
)

READERS = ("as_a_worker", "as_photo_search", "as_the_admin", "as_a_thumbnail")
ALONE = "by_pillow_alone"
MOST_MEGABYTES_ALONE, MOST_SECONDS_ALONE = 200, 2


@cache
def heavy() -> dict[str, bytes]:
    """Good pictures of nearly as much memory as one may take, by the way they are written."""
    tall = Image.new("RGB", (2_000, 2_500), "teal")
    exif = Image.Exif()
    exif[0x0112] = 6
    palette = png_chunk(b"PLTE", bytes(range(256)) * 3)
    return {
        "small": heic(),  # so that no other file pays for importing what reads HEIC
        "a camera's, 12 million pixels": jpeg(smooth((4_000, 3_000))),
        "noise": jpeg(Image.fromarray(noise((4_000, 3_000)))),
        "large progressive": encoded(
            garment((3_900, 3_000)), "JPEG", progressive=True, subsampling=0
        ),
        "large progressive, 4:2:0": encoded(garment((6_000, 4_000)), "JPEG", progressive=True),
        "panorama on its side": jpeg(Image.new("RGB", (27_000, 800), "teal"), exif=exif),
        "large PNG": png((4_500, 4_500)),
        "large PNG on its side": encoded(Image.new("RGB", (11_000, 1_790)), "PNG", exif=exif),
        "large RGBA": png((90_000, 230), colour=RGBA),
        "large palette": png((6_000, 6_000), colour=PALETTE, extra=palette),
        "large WebP": encoded(tall, "WEBP", lossless=True, method=0),
        "large WebP that loses": encoded(smooth((2_000, 2_500)), "WEBP", method=0),
        "large AVIF": encoded(smooth((2_250, 2_250)), "AVIF", speed=10, subsampling="4:4:4"),
        "an iPhone's, upright": heic(
            smooth((4_032, 3_024)), tile_size=512, exif=exif_orientation(6)
        ),
        "large HEIC": heic(Image.fromarray(noise((3_050, 3_000))), quality=20),
        "large HEIC of 10 bits": heic(smooth((2_700, 2_130)), bits=10),
        "large HEIC of 10 bits in full colour": heic(smooth((2_100, 2_000)), bits=10, chroma=444),
        "large HEIC with transparency": heic(smooth((2_650, 2_700)).convert("RGBA")),
        "large TIFF": encoded(garment((3_200, 3_200)), "TIFF", compression="tiff_deflate"),
        "large TIFF as a JPEG": encoded(garment((3_200, 3_200)), "TIFF", compression="jpeg"),
        "large BMP": encoded(garment((2_800, 2_900)), "BMP"),
        "large GIF": encoded(Image.new("P", (6_000, 6_000)), "GIF"),
    }


def hostile() -> dict[str, bytes]:
    return {case.name: case.data for case in cases()}


def above(found: Costs, most: float) -> dict[str, float]:
    """The megabytes of what takes more than `most`, by reader and file."""
    taken = {f"{reader}: {name}": cost for reader in found for name, cost in found[reader].items()}
    return {what: cost.megabytes for what, cost in taken.items() if cost.megabytes > most}


def harms(found: Costs) -> dict[str, object]:
    """What took Pillow alone more time or memory than it may."""
    return {
        name: cost
        for name, cost in found[ALONE].items()
        if cost.megabytes > MOST_MEGABYTES_ALONE or cost.seconds > MOST_SECONDS_ALONE
    }


@pytest.mark.slow
def test_no_good_picture_takes_more_than_100_megabytes(tmp_path: Path) -> None:
    found = costs(tmp_path, [*READERS, ALONE], heavy(), {})
    assert above({reader: found[reader] for reader in READERS}, 100) == {}
    # Its pixels alone take so much; or nothing was measured.
    assert found["as_a_worker"]["large RGBA"].megabytes > 70
    assert harms(found) == {}


@pytest.mark.slow
def test_no_hostile_file_takes_more_memory_than_the_settings_allow(tmp_path: Path) -> None:
    found = costs(tmp_path, READERS, hostile(), LIMITS)
    assert above(found, LIMITS["MAX_IMAGE_MEMORY"] / 10**6) == {}
    assert found["as_a_worker"]["2400² RGBA"].megabytes > 20  # or nothing was measured


@pytest.mark.slow
def test_no_hostile_file_harms_pillow_alone(tmp_path: Path) -> None:
    """Each ends within two seconds and 200 MB, in a picture or in an error."""
    found = costs(tmp_path, [ALONE], hostile(), {})
    assert harms(found) == {}
    assert found[ALONE]["3600² 1-bit PNG"].megabytes > 50  # or nothing was measured
    assert max(cost.seconds for cost in found[ALONE].values()) > 0.01
