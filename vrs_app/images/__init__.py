"""Any uploaded file to an upright RGB picture, or a named error.

Nothing about a file is believed: its format is found in its bytes among an allow-list, its
size is checked before anything is decoded, and decoding may fail in any way it likes.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..exceptions import PictureDamaged
from .headers import DECODER_ERRORS, Bounds, open_checked
from .orientation import LYING, orientation_of, turned
from .tones import on_white

Pixels = NDArray[np.uint8]
"""Height × width × 3, red green blue, 0 to 255."""

# A picture is reduced early while that leaves this many times the side that the embedder
# sees: it saves most of the time and memory and changes no neighbour.
OVERSAMPLING = 4


@dataclass(frozen=True, kw_only=True)
class LoadedPicture:
    """A decoded picture: `pixels` at the size asked for, the rest as the file has it."""

    pixels: Pixels
    digest: str
    width: int
    height: int


def load(data: bytes, size: int, bounds: Bounds | None = None) -> LoadedPicture:
    """Decode `data` and squeeze it into a square of `size` pixels; raises PictureError.

    `bounds` are the shop's where none are given.
    """
    image, (width, height) = _decode(BytesIO(data), bounds, smallest=size * OVERSAMPLING)
    return LoadedPicture(
        pixels=to_square(image, size), digest=digest(data), width=width, height=height
    )


def digest(data: bytes) -> str:
    """The name under which these bytes are the same bytes: SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def open_upright(file: IO[bytes]) -> Image.Image:
    """The picture in `file`, upright, RGB, on white; raises PictureError."""
    return _decode(file)[0]


def to_square(image: Image.Image, size: int) -> Pixels:
    """`image` squeezed into a square of `size` pixels."""
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR), dtype=np.uint8)


def _decode(
    file: IO[bytes], bounds: Bounds | None = None, smallest: int | None = None
) -> tuple[Image.Image, tuple[int, int]]:
    """The upright RGB picture and the upright width and height of the whole one.

    With `smallest`, it is reduced by a whole number, to sides of at least that.
    """
    image = open_checked(file, bounds)
    width, height = image.size
    try:
        if smallest is not None:
            image.draft("RGB", (smallest, smallest))
        image.load()
        orientation = orientation_of(image)
        factor = max(1, min(image.size) // smallest) if smallest else 1
        decoded = turned(on_white(image, (factor, factor)), orientation)
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error
    lies_on_its_side = orientation in LYING
    return decoded, (height, width) if lies_on_its_side else (width, height)
