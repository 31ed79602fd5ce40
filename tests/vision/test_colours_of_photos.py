"""The colours of real photos, as they were labelled by eye.

VRS_PHOTOS names the folder tree that `tests/photo_colours.csv` lists the half of: every
second file of each category, labelled before anything was measured of it. The first colour of
a label is what the garment is mostly; the others are what a shopper might as well call it. By
the rows at even places the measuring was adjusted, by those between them it is judged.
"""

import csv
import os
from pathlib import Path

import pytest

from vrs_app import vision
from vrs_app.vision.dominant_colours import measured
from vrs_app.vision.palette import dominant

LABELS = Path(__file__).parents[1] / "photo_colours.csv"
PHOTOS = os.environ.get("VRS_PHOTOS", "")

LEAST = (0.90, 0.87)
"""Of the half that the measuring was adjusted by, and of the other."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PHOTOS, reason="VRS_PHOTOS names no folder of photos"),
]


@pytest.mark.parametrize("half", [0, 1])
def test_the_dominant_colour_of_most_photos_is_one_of_their_label(half: int) -> None:
    with LABELS.open(newline="") as file:
        labelled = list(csv.DictReader(file))[half::2]
    right = 0
    for row in labelled:
        pixels = vision.load(Path(PHOTOS, row["photo"]).read_bytes(), 128).pixels
        right += dominant(measured(pixels)) in row["colours"].split(";")
    assert right / len(labelled) >= LEAST[half]
