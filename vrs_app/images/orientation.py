"""How the camera was held."""

from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image

from .headers import DECODER_ERRORS

# What turns a picture upright, by its EXIF orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LYING = (5, 6, 7, 8)
"""Orientations of a camera held on its side."""


def orientation_of(image: Image.Image) -> Any:
    """The EXIF orientation; garbage EXIF has none and is no damage."""
    with suppress(*DECODER_ERRORS):
        return image.getexif().get(ExifTags.Base.Orientation)
    return None


def turned(image: Image.Image, orientation: Any) -> Image.Image:
    """Upright, where `orientation` is one that EXIF knows."""
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image
