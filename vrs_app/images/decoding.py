"""From an opened picture to pixels, within the bounds of memory."""

from typing import Any

from PIL import Image

from ..exceptions import PictureDamaged
from .headers import DECODER_ERRORS
from .memory import affordable_reduction
from .orientation import orientation_of, turned
from .structures import Structure
from .tones import on_white


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
