"""Decoding an opened picture into upright pixels, within the memory budget."""

from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image

from ..exceptions import PictureDamaged
from .containers import Structure
from .last_rows import whiten_missing
from .memory_budget import affordable_reduction
from .to_rgb import conversion_to_srgb, rgb_on_white
from .validation import DECODER_ERRORS

# The transposition that turns a picture upright, by its EXIF orientation.
TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
WITHOUT_ORIENTATION = ("WEBP",)
"""Formats whose EXIF data turns no picture in browsers."""

XMP_KEYS = ("xmp", "XML:com.adobe.xmp")

SIDEWAYS = (5, 6, 7, 8)
"""EXIF orientations in which width and height are swapped."""


def orientation_of(image: Image.Image) -> Any:
    """The EXIF orientation; None where there is none, or none that browsers see.

    Call it once a picture. A JPEG has its EXIF data before its pixels; other formats may have it
    behind them, so decode those first.
    """
    if image.format in WITHOUT_ORIENTATION:
        return None
    for key in XMP_KEYS:
        image.info.pop(key, None)  # Pillow would look for an orientation there, too
    with suppress(*DECODER_ERRORS):
        return image.getexif().get(ExifTags.Base.Orientation)
    return None


def decode(image: Image.Image, structure: Structure, reduction: int = 1) -> None:
    """Decode `image` in place; raises PictureError.

    A JPEG's or HEIC's sides are divided by at least `reduction`, by more where memory is short.
    """
    reduction = affordable_reduction(image, structure, reduction)
    try:
        if reduction > 1:
            image.draft("RGB", (image.width // reduction, image.height // reduction))
        image.load()
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error
    whiten_missing(image, structure)


def upright_rgb(
    image: Image.Image,
    structure: Structure,
    orientation: Any,
    factors: tuple[int, int],
    part: tuple[int, int, int, int] | None = None,
) -> Image.Image:
    """A decoded picture as sRGB on white, its sides divided by `factors`, turned upright.

    `part` crops it first: left, top, right, bottom in pixels of the stored picture. Raises
    PictureDamaged.
    """
    try:
        flat = rgb_on_white(image, factors, part, conversion_to_srgb(image, structure))
        flat.info.pop("icc_profile", None)  # it is sRGB now, and so is what is saved of it
        turn = TRANSPOSITIONS.get(orientation)
        return flat if turn is None else flat.transpose(turn)
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error
