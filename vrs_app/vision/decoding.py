"""From an opened picture to upright pixels, within the memory budget."""

from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image

from ..exceptions import PictureDamaged
from .containers import Structure
from .memory_budget import affordable_reduction
from .to_rgb import on_white
from .validation import DECODER_ERRORS

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


def decode(image: Image.Image, structure: Structure, reduction: int = 1) -> Any:
    """Decode `image`, a JPEG with its sides divided by `reduction` or more.

    Answers its EXIF orientation, which some formats have behind their pixels. Raises
    PictureError.
    """
    reduction = affordable_reduction(image, structure, reduction)
    try:
        if reduction > 1:
            image.draft("RGB", (image.width // reduction, image.height // reduction))
        image.load()
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error
    return orientation_of(image)


def finished(
    image: Image.Image,
    orientation: Any,
    factors: tuple[int, int],
    part: tuple[int, int, int, int] | None = None,
) -> Image.Image:
    """A decoded picture, or `part` of it, upright, RGB, on white; raises PictureDamaged.

    Its sides are divided by `factors`.
    """
    try:
        return turned(on_white(image, factors, part), orientation)
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error
