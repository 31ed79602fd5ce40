"""In the web process: any uploaded file to a small JPEG.

The worker decodes it within tighter bounds than those of uploads.
"""

from io import BytesIO
from typing import IO

from ..vision import Pixels, load
from ..vision.crop import WHOLE, Box
from ..vision.crop_and_scale import open_part
from ..vision.validation import Bounds

SMALLEST = 512
"""Pixels that the shorter side keeps at least; embedders see 128 to 224."""

QUALITY = 95
"""With full colour: measured over 800 photos, no vector moved by more than 0.00003."""

PREPARED = Bounds(formats=("JPEG",), most_bytes=4 * 2**20, most_pixels=(2 * SMALLEST) ** 2)
"""More than any prepared photo has: noise of that size takes less than 3 MB."""


def prepare(file: IO[bytes], box: Box = WHOLE) -> bytes:
    """The part `box` of the photo in `file`, as a JPEG of less than 1024 × 1024 pixels.

    Raises PictureError, and ValueError for a box of too few pixels.
    """
    picture = open_part(file, box, smallest=SMALLEST).image
    picture.info.clear()  # a comment, for one, would be written too
    small = BytesIO()
    picture.save(small, "JPEG", quality=QUALITY, subsampling=0)
    return small.getvalue()


def pixels_of(photo: bytes, size: int) -> Pixels:
    """In the worker: a prepared photo as a square of `size` pixels; raises PictureError."""
    return load(photo, size, PREPARED).pixels
