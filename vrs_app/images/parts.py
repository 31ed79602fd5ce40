"""A part of a picture at a size that an embedder can use, within bounds of memory."""

from typing import IO, Any

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from ..exceptions import PictureDamaged, PictureTooLarge
from .boxes import Box, as_stored, in_pixels, require_size
from .headers import DECODER_ERRORS, open_checked
from .memory import bytes_to_decode
from .orientation import LYING, orientation_of, turned
from .tones import on_white

MOST_BYTES = 85_000_000
"""Memory that decoding may take; more pictures are decoded at once than processes embed."""

REDUCTIONS = (8, 4, 2, 1)
"""By what a JPEG's sides may be divided as it is decoded, which saves time and memory."""


def open_part(file: IO[bytes], box: Box, *, smallest: int) -> Image.Image:
    """What `box` holds of the picture in `file`: upright, RGB, on white.

    Each side is divided by a whole number, to at least `smallest` and less than twice that
    where there are so many pixels: the shape of a picture may change, as it does where an
    embedder squeezes it into a square. Raises PictureError, and ValueError for a box of too
    few pixels.
    """
    image = open_checked(file)
    width, height = image.size
    _prepare(image, file, box, smallest)
    orientation = _load(image)
    require_size(box, *((height, width) if orientation in LYING else (width, height)))
    part = in_pixels(as_stored(box, orientation), *image.size)
    factors = max(1, (part[2] - part[0]) // smallest), max(1, (part[3] - part[1]) // smallest)
    try:
        return turned(on_white(image, factors, part), orientation)
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error


def _prepare(image: Image.Image, file: IO[bytes], box: Box, smallest: int) -> None:
    """Let a JPEG be decoded as small as it may be; refuse what takes too much memory."""
    is_jpeg = isinstance(image, JpegImageFile)
    reduction = _reduction(image, box, smallest) if is_jpeg else 1
    needed = bytes_to_decode(image, file, reduction)
    while needed > MOST_BYTES and is_jpeg and reduction < REDUCTIONS[0]:
        reduction *= 2
        needed = bytes_to_decode(image, file, reduction)
    if needed > MOST_BYTES:
        raise PictureTooLarge(f"{needed:,} bytes when decoded; at most {MOST_BYTES:,}")
    if reduction > 1:
        image.draft("RGB", (image.width // reduction, image.height // reduction))


def _reduction(image: Image.Image, box: Box, smallest: int) -> int:
    """The largest that leaves each side of the box at least `smallest`."""
    left, top, right, bottom = as_stored(box, orientation_of(image))
    sides = (right - left) * image.width, (bottom - top) * image.height
    return next((each for each in REDUCTIONS if min(sides) // each >= smallest), 1)


def _load(image: Image.Image) -> Any:
    """Decode; the EXIF orientation, which some formats have behind their pixels."""
    try:
        image.load()
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error
    return orientation_of(image)
