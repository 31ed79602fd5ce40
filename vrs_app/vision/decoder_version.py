"""The version of the decoder, and which files it gives other pixels of than a former one."""

from io import BytesIO

from PIL import Image

from ..exceptions import PictureError
from .decoding import TRANSPOSITIONS, WITHOUT_ORIENTATION, exif_orientation
from .to_rgb import conversion_to_srgb
from .transparency import is_scaled
from .validation import open_checked

DECODER_VERSION = 2
"""Grows whenever the same file gives other pixels than before; each vector remembers its own.

2: colour profiles and code points are applied; orientation is followed where browsers follow it;
transparent colours of 2, 4 and 16 bits.
"""

XMP_ORIENTATION = b"tiff:Orientation"
ANIMATION, FRAME, PIXELS = b"acTL", b"fcTL", b"IDAT"


def has_changed_since(version: int, data: bytes) -> bool:
    """Whether the file `data` may give other pixels now than in a former `version`.

    One that could not be read is none; files that could not be read formerly are not told.
    """
    if version >= DECODER_VERSION:
        return False
    try:
        image, structure = open_checked(BytesIO(data))
    except PictureError:
        return False
    return (
        conversion_to_srgb(image, structure) is not None
        or is_scaled(image)
        or (image.format == "PNG" and _has_picture_beside_animation(data))
        or _was_turned(image, data)
    )


def _was_turned(image: Image.Image, data: bytes) -> bool:
    """Whether version 1 turned the picture by what browsers do not follow: WebP's EXIF, XMP."""
    if image.format in WITHOUT_ORIENTATION:
        return exif_orientation(image) in TRANSPOSITIONS
    return XMP_ORIENTATION in data and exif_orientation(image) is None


def _has_picture_beside_animation(data: bytes) -> bool:
    """Whether a PNG's first pixels are for viewers without animations, and were taken before."""
    return ANIMATION in data and FRAME in data and data.find(PIXELS) < data.find(FRAME)
