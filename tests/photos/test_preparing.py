import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shop.services.folders import REPOSITORY
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.exceptions import PictureError
from vrs_app.images import load
from vrs_app.photos.preparing import prepared

from ..hostile import READY, Case, cases
from ..pictures import encoded, garment, jpeg, noise, png, smooth

# Each file in a fork of its own, from a process that has no freed memory to give away.
MEASURE = """
import os, pathlib, resource, sys
import tests.settings
import django
django.setup()
from vrs_app.exceptions import PictureError
from vrs_app.photos.preparing import prepared
from vrs_app.images.boxes import WHOLE

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

for path in sys.argv[1:]:
    for box in (WHOLE, (0.1, 0.1, 0.95, 0.9), (0.5, 0.5, 0.6, 0.6)):
        if os.fork() == 0:
            before = peak()
            try:
                with open(path, "rb") as file:
                    prepared(file, box)
            except (PictureError, ValueError):
                pass
            print(pathlib.Path(path).name, peak() - before, flush=True)
            os._exit(0)
        assert os.wait()[1] == 0, path
"""
MOST_MEGABYTES = 100


@cache
def heavy() -> dict[str, bytes]:
    """Files that pass the limits of pixels and take much more to decode than to store."""
    large = Image.new("RGB", (7_000, 7_000), "teal")
    return {
        "progressive": encoded(large, "JPEG", progressive=True, subsampling=0),
        "progressive, 4:2:0": encoded(large, "JPEG", progressive=True),
        "progressive, 12 million pixels": encoded(
            smooth((4_000, 3_000)), "JPEG", progressive=True, subsampling=0
        ),
        "a camera's, 12 million pixels": jpeg(smooth((4_000, 3_000))),
        "PNG": png((7_000, 7_000)),
        "WebP": encoded(large, "WEBP", lossless=True, method=0),
        "small WebP": encoded(smooth((2_500, 2_000)), "WEBP", method=0),
        "TIFF": encoded(large, "TIFF", compression="tiff_deflate"),
        "panorama": jpeg(Image.new("RGB", (60_000, 800), "teal")),
        "noise": jpeg(Image.fromarray(noise((4_000, 3_000)))),
    }


@pytest.mark.filterwarnings("ignore:Image size", "ignore:Corrupt EXIF")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_hostile_file_gets_the_verdict_that_a_products_picture_gets(case: Case) -> None:
    if case.verdict == READY:
        small = Image.open(BytesIO(prepared(BytesIO(case.data))))
        assert (small.format, small.mode) == ("JPEG", "RGB")
        assert max(small.size) < 1024
        return
    with pytest.raises(PictureError) as caught:
        prepared(BytesIO(case.data))
    assert caught.value.code == case.verdict


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere peaks are counted otherwise")
def test_no_file_takes_much_memory_whatever_the_box(tmp_path: Path) -> None:
    named = heavy() | {case.name: case.data for case in cases()}
    numbers = {str(number): name for number, name in enumerate(named)}
    for number, name in numbers.items():
        (tmp_path / number).write_bytes(named[name])
    paths = [str(tmp_path / number) for number in numbers]
    command = [sys.executable, "-W", "ignore", "-c", MEASURE, *paths]
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": "postgresql:///x"}
    told = subprocess.check_output(command, cwd=REPOSITORY, text=True, env=environment)
    peaks = {numbers[number]: 0 for number in numbers}
    for number, peak in _pairs(told):
        peaks[numbers[number]] = max(peaks[numbers[number]], peak // 1024)
    assert {name: peak for name, peak in peaks.items() if peak > MOST_MEGABYTES} == {}
    assert peaks["4500² RGBA"] > 70  # its pixels alone; or nothing was measured


def _pairs(told: str) -> Iterator[tuple[str, int]]:
    for line in told.splitlines():
        number, peak = line.split()
        yield number, int(peak)


def test_the_vector_of_a_whole_picture_hardly_moves() -> None:
    embedder = HandcraftedEmbedder()
    for data in (jpeg(garment()), jpeg(smooth((1_200, 1_600))), encoded(garment(), "PNG")):
        pictures = (load(each, embedder.picture_size) for each in (data, prepared(BytesIO(data))))
        own, seen = embedder.embed([picture.pixels for picture in pictures])
        assert own @ seen > 0.995


def test_what_is_handed_on_says_nothing_about_its_sender() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "a camera", "of somebody's"
    small = prepared(BytesIO(jpeg(garment(), exif=exif, comment=b"at home")))
    assert b"camera" not in small
    assert b"home" not in small
    assert "exif" not in Image.open(BytesIO(small)).info


def test_a_box_is_cut_out() -> None:
    picture = Image.new("RGB", (400, 400), "white")
    picture.paste("red", (200, 200, 400, 400))
    small = np.asarray(Image.open(BytesIO(prepared(BytesIO(jpeg(picture)), (0.5, 0.5, 1, 1)))))
    assert small.shape == (200, 200, 3)
    assert np.abs(small.mean(axis=(0, 1)) - (254, 0, 0)).max() < 8
