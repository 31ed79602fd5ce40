"""Any uploaded file to an upright RGB picture, or a named error.

Nothing about a file is believed: its format is found in its bytes among an allow-list, what
it is made of and its size are checked before anything is decoded, and decoding may fail in
any way it likes. None that is accepted takes more memory than `VRS["MAX_IMAGE_MEMORY"]`.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .crop_and_scale import open_part
from .decoding import decode, finished
from .memory_budget import REDUCTIONS, affordable_reduction
from .validation import Bounds, open_checked

Pixels = NDArray[np.uint8]
"""Height × width × 3, red green blue, 0 to 255."""

# A picture is reduced early while that leaves this many times the side that the embedder
# sees: it saves most of the time and memory and changes no neighbour.
OVERSAMPLING = 4

GAP = 2
"""A picture for people keeps so many times the side that it is shown at, and no more than"""
MOST_FOR_PEOPLE = 2_500_000
"""pixels, where that leaves as many as are shown."""


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
    whole = open_part(BytesIO(data), smallest=size * OVERSAMPLING, bounds=bounds)
    return LoadedPicture(
        pixels=to_square(whole.image, size),
        digest=digest(data),
        width=whole.width,
        height=whole.height,
    )


def check(file: IO[bytes]) -> None:
    """Raise PictureError where a look at its header shows that `file` will not be read."""
    affordable_reduction(*open_checked(file))


def digest(data: bytes) -> str:
    """The name under which these bytes are the same bytes: SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def open_upright(file: IO[bytes], within: tuple[int, int]) -> Image.Image:
    """The picture in `file`, upright, RGB, on white, to be shown `within` width × height.

    It keeps its shape, and more pixels than are shown where it has them and memory allows.
    Raises PictureError.
    """
    image, structure = open_checked(file)
    factor = _factor(image.size, within)
    orientation = decode(image, structure, max(each for each in REDUCTIONS if each <= factor))
    factor = _factor(image.size, within)
    return finished(image, orientation, (factor, factor))


def to_square(image: Image.Image, size: int) -> Pixels:
    """`image` squeezed into a square of `size` pixels."""
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR), dtype=np.uint8)


def _factor(size: tuple[int, int], within: tuple[int, int]) -> int:
    """By what the sides of a picture for people are divided, however it is turned."""
    width, height = size
    times = min(max(width / right, height / down) for right, down in (within, within[::-1]))
    factor = max(1, int(times / GAP))
    while factor + 1 <= times and width * height > MOST_FOR_PEOPLE * factor**2:
        factor += 1
    return factor
