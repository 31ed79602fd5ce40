"""A part of a picture at a size that an embedder can use."""

from typing import IO, NamedTuple

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from .crop import WHOLE, Box, as_stored, in_pixels, require_size
from .decoding import LYING, decode, finished, orientation_of
from .memory_budget import REDUCTIONS
from .validation import Bounds, open_checked


class Part(NamedTuple):
    """What a box holds, and the width and height of the whole upright picture."""

    image: Image.Image
    width: int
    height: int


def open_part(
    file: IO[bytes], box: Box = WHOLE, *, smallest: int, bounds: Bounds | None = None
) -> Part:
    """What `box` holds of the picture in `file`: upright, RGB, on white.

    Each side is divided by a whole number, to at least `smallest` and less than twice that
    where there are so many pixels: the shape of a picture may change, as it does where an
    embedder squeezes it into a square. `bounds` are the shop's where none are given. Raises
    PictureError, and ValueError for a box of too few pixels.
    """
    image, structure = open_checked(file, bounds)
    width, height = image.size
    orientation = decode(image, structure, _reduction(image, box, smallest))
    if orientation in LYING:
        width, height = height, width
    require_size(box, width, height)
    part = in_pixels(as_stored(box, orientation), *image.size)
    factors = max(1, (part[2] - part[0]) // smallest), max(1, (part[3] - part[1]) // smallest)
    return Part(finished(image, orientation, factors, part), width, height)


def _reduction(image: Image.Image, box: Box, smallest: int) -> int:
    """The largest, of a JPEG, that leaves each side of the box at least `smallest`."""
    if not isinstance(image, JpegImageFile):
        return 1
    left, top, right, bottom = as_stored(box, orientation_of(image))
    sides = (right - left) * image.width, (bottom - top) * image.height
    return next((each for each in REDUCTIONS if min(sides) // each >= smallest), 1)
