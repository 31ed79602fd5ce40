"""The version of the decoder, and which files it gives other pixels of than a former one."""

from contextlib import suppress
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

from ..exceptions import PictureError
from .decoding import TRANSPOSITIONS, orientation_of
from .memory_budget import affordable_reduction
from .to_rgb import conversion_to_srgb
from .transparency import is_scaled
from .validation import DECODER_ERRORS, open_checked

DECODER_VERSION = 2
"""Grows whenever the same file gives other pixels than before; each image row has that of its own.

2: colour profiles and code points are applied; orientation is followed where browsers follow it;
transparent colours of 2, 4 and 16 bits.
"""

ORIENTATION_MARKS = (b"exif", b"eXIf", b"Exif", b"EXIF", b"tiff:Orientation", b"iTXt")
"""What stands in every file in which version 1 could find an orientation."""

ANIMATION, FRAME, PIXELS = b"acTL", b"fcTL", b"IDAT"


def has_changed_since(version: int, data: bytes) -> bool:
    """Whether the file `data` may give other pixels now than in a former `version`.

    False for files that cannot be read; those that could not be read formerly are not looked for.
    """
    if version >= DECODER_VERSION:
        return False
    try:
        image, structure = open_checked(BytesIO(data))
        affordable_reduction(image, structure)
    except PictureError:
        return False
    return (
        conversion_to_srgb(image, structure) is not None
        or is_scaled(image)
        or (image.format == "PNG" and _has_picture_beside_animation(data))
        or _was_turned(image, data)
    )


def _was_turned(image: Image.Image, data: bytes) -> bool:
    """Whether version 1 turned the picture otherwise: by all that Pillow takes for EXIF data."""
    if not any(mark in data for mark in ORIENTATION_MARKS):
        return False
    formerly: Any = None
    with suppress(*DECODER_ERRORS):
        whole = Image.open(BytesIO(data), formats=[str(image.format)])
        formerly = whole.getexif().get(ExifTags.Base.Orientation)
    return TRANSPOSITIONS.get(formerly) != TRANSPOSITIONS.get(orientation_of(image))


def _has_picture_beside_animation(data: bytes) -> bool:
    """Whether a PNG's first pixels are for viewers without animations, and were taken before."""
    return ANIMATION in data and FRAME in data and data.find(PIXELS) < data.find(FRAME)
