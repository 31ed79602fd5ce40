"""Cropping and downscaling a picture to a size that an embedder can use."""

from typing import IO, NamedTuple

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from .crop import WHOLE, Box, as_stored, in_pixels, require_size
from .decoding import SIDEWAYS, decode, orientation_of, upright_rgb
from .heif import HeifPicture
from .memory_budget import REDUCTIONS
from .validation import Bounds, open_checked


class Part(NamedTuple):
    """A crop, and the width and height in pixels of the whole upright picture."""

    image: Image.Image
    width: int
    height: int


def open_part(
    file: IO[bytes], box: Box = WHOLE, *, smallest: int, bounds: Bounds | None = None
) -> Part:
    """The crop `box` of the picture in `file`, downscaled: upright, RGB, on white.

    Each side is divided by an integer, so that it keeps at least `smallest` pixels and, where it
    had more, less than twice that. The aspect ratio may change, as it does again when an embedder
    squeezes the picture into a square. `bounds` default to the settings'. Raises PictureError,
    and ValueError for a box of too few pixels.
    """
    image, structure = open_checked(file, bounds)
    width, height = image.size
    if isinstance(image, JpegImageFile | HeifPicture):
        orientation = orientation_of(image)
        stored = as_stored(box, orientation)
        decode(image, structure, _reduction(stored, image.size, smallest))
    else:
        decode(image, structure)
        orientation = orientation_of(image)
        stored = as_stored(box, orientation)
    if orientation in SIDEWAYS:
        width, height = height, width
    require_size(box, width, height)
    part = in_pixels(stored, *image.size)
    factors = max(1, (part[2] - part[0]) // smallest), max(1, (part[3] - part[1]) // smallest)
    return Part(upright_rgb(image, structure, orientation, factors, part), width, height)


def _reduction(stored: Box, size: tuple[int, int], smallest: int) -> int:
    """The largest of REDUCTIONS that leaves each side of a box at least `smallest` pixels."""
    left, top, right, bottom = stored
    sides = (right - left) * size[0], (bottom - top) * size[1]
    return next((each for each in REDUCTIONS if min(sides) // each >= smallest), 1)
