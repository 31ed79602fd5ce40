"""Loading any uploaded file as an upright RGB picture, or raising a PictureError.

No file is trusted: its format is detected from its bytes and must be on an allow-list, its
structure and size are validated before anything is decoded, and every exception of a decoder is
caught. No file that is accepted takes more memory than `VRS["MAX_IMAGE_MEMORY"]`.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .crop_and_scale import open_part
from .decoding import decode, orientation_of, upright_rgb
from .memory_budget import REDUCTIONS, affordable_reduction
from .validation import Bounds, open_checked

Pixels = NDArray[np.uint8]
"""Height × width × 3, red green blue, 0 to 255."""

OVERSAMPLING = 4
"""A picture is downscaled early to this many times the side that the embedder takes.

That saves most of the time and memory and changes no neighbour.
"""

DISPLAY_OVERSAMPLING = 2
"""A picture for display is downscaled early to this many times the size that it is shown at."""

MOST_DISPLAY_PIXELS = 2_500_000
"""A picture for display is downscaled further above this, but not below the size shown."""


@dataclass(frozen=True, kw_only=True)
class LoadedPicture:
    """A decoded picture.

    `pixels` has the size that was requested; `width` and `height` in pixels are those of the whole
    upright picture; `digest` is that of the file.
    """

    pixels: Pixels
    digest: str
    width: int
    height: int


def load(data: bytes, size: int, bounds: Bounds | None = None) -> LoadedPicture:
    """Decode `data` and squeeze the picture into `size` × `size` pixels; raises PictureError.

    `bounds` default to the settings'.
    """
    whole = open_part(BytesIO(data), smallest=size * OVERSAMPLING, bounds=bounds)
    return LoadedPicture(
        pixels=to_square(whole.image, size),
        digest=digest(data),
        width=whole.width,
        height=whole.height,
    )


def check(file: IO[bytes]) -> None:
    """Validate `file` by its header, without decoding it; raises PictureError."""
    affordable_reduction(*open_checked(file))


def digest(data: bytes) -> str:
    """The SHA-256 of `data`, hexadecimal; files of the same bytes have the same."""
    return hashlib.sha256(data).hexdigest()


def open_upright(file: IO[bytes], within: tuple[int, int]) -> Image.Image:
    """The picture in `file` for display `within` width × height pixels: upright, RGB, on white.

    It keeps its aspect ratio, and more pixels than are shown where it has them and memory allows.
    Raises PictureError.
    """
    image, structure = open_checked(file)
    factor = _display_factor(image.size, within)
    decode(image, structure, max(each for each in REDUCTIONS if each <= factor))
    factor = _display_factor(image.size, within)
    return upright_rgb(image, structure, orientation_of(image), (factor, factor))


def to_square(image: Image.Image, size: int) -> Pixels:
    """`image` squeezed into `size` × `size` pixels, bilinear."""
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR), dtype=np.uint8)


def _display_factor(size: tuple[int, int], within: tuple[int, int]) -> int:
    """By what to divide the sides of a picture for display, whatever its orientation."""
    width, height = size
    times = min(max(width / right, height / down) for right, down in (within, within[::-1]))
    factor = max(1, int(times / DISPLAY_OVERSAMPLING))
    while factor + 1 <= times and width * height > MOST_DISPLAY_PIXELS * factor**2:
        factor += 1
    return factor
