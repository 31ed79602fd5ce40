"""Any uploaded file to an upright RGB picture, or a named error.

Nothing about a file is believed: its format is found in its bytes among an allow-list, its
size is checked before anything is decoded, and decoding may fail in any way it likes.
"""

import hashlib
import re
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from .conf import conf
from .exceptions import (
    PictureDamaged,
    PictureEmpty,
    PictureFormatRefused,
    PictureTooLarge,
)

Pixels = NDArray[np.uint8]
"""Height × width × 3, red green blue, 0 to 255."""

# What Pillow raises for a picture above its own limit; the warning where the shop's
# Python makes warnings errors.
BOMB_ERRORS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# What Pillow's decoders raise on hostile bytes. A task's time limit is none of these.
DECODER_ERRORS = (
    *BOMB_ERRORS,
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    RuntimeError,
    struct.error,
    zlib.error,
    MemoryError,
)

# How files of the usual formats begin: one that begins so and cannot be opened is damaged,
# any other is of a kind that is not accepted.
BEGINNINGS = {
    "JPEG": rb"\xff\xd8\xff",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "GIF": rb"GIF8",
    "WEBP": rb"RIFF....WEBP",
}

# A picture is reduced early while that leaves this many times the side that the embedder
# sees: it saves most of the time and memory and changes no neighbour.
OVERSAMPLING = 4

# Large pictures are made RGB so many pixels at a time: each copy of a whole one at 50
# million pixels would take 200 MB.
STRIP_PIXELS = 1_000_000

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


@dataclass(frozen=True, kw_only=True)
class LoadedPicture:
    """A decoded picture: `pixels` at the size asked for, the rest as the file has it."""

    pixels: Pixels
    digest: str
    width: int
    height: int


def load(data: bytes, size: int) -> LoadedPicture:
    """Decode `data` and squeeze it into a square of `size` pixels; raises PictureError."""
    image, (width, height) = _decode(BytesIO(data), smallest=size * OVERSAMPLING)
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


def _decode(file: IO[bytes], smallest: int | None = None) -> tuple[Image.Image, tuple[int, int]]:
    """The upright RGB picture and the upright width and height of the whole one.

    With `smallest`, it is reduced by a whole number, to sides of at least that.
    """
    image = _open(file)
    _check_pixels(image)
    width, height = image.size
    try:
        if smallest is not None:
            image.draft("RGB", (smallest, smallest))
        image.load()
        orientation = _orientation(image)
        factor = max(1, min(image.size) // smallest) if smallest else 1
        decoded = _turned(_on_white(image, factor), orientation)
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error
    lies_on_its_side = orientation in LYING
    return decoded, (height, width) if lies_on_its_side else (width, height)


def _open(file: IO[bytes]) -> Image.Image:
    """Read the header, nothing more."""
    file.seek(0, 2)
    length = file.tell()
    file.seek(0)
    if length == 0:
        raise PictureEmpty
    if length > conf.MAX_IMAGE_BYTES:
        raise PictureTooLarge(f"{length:,} bytes; at most {conf.MAX_IMAGE_BYTES:,}")
    try:
        return Image.open(file, formats=list(conf.IMAGE_FORMATS))
    except BOMB_ERRORS as error:
        raise PictureTooLarge(str(error)) from error
    except UnidentifiedImageError as error:
        if _begins_as_accepted(file):
            raise PictureDamaged("no readable header") from error
        raise PictureFormatRefused from error
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error


def _begins_as_accepted(file: IO[bytes]) -> bool:
    file.seek(0)
    beginning = file.read(12)
    accepted = (BEGINNINGS.get(name, rb"(?!)") for name in conf.IMAGE_FORMATS)
    return any(re.match(pattern, beginning, re.DOTALL) for pattern in accepted)


def _check_pixels(image: Image.Image) -> None:
    """Refuse what would take too much memory, before a pixel is decoded."""
    try:
        # The further frames of an MPO are whole files of their own and never decoded.
        frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error
    pixels = image.width * image.height * frames
    if pixels > conf.MAX_IMAGE_PIXELS:
        raise PictureTooLarge(f"{pixels:,} pixels; at most {conf.MAX_IMAGE_PIXELS:,}")


def _orientation(image: Image.Image) -> Any:
    """The EXIF orientation; garbage EXIF has none and is no damage."""
    with suppress(*DECODER_ERRORS):
        return image.getexif().get(ExifTags.Base.Orientation)
    return None


def _turned(image: Image.Image, orientation: Any) -> Image.Image:
    """Upright, where `orientation` is one that EXIF knows."""
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _on_white(image: Image.Image, factor: int) -> Image.Image:
    """RGB, white where the picture is transparent, with sides `factor` times shorter."""
    if image.mode == "RGB" and factor == 1 and not image.has_transparency_data:
        return image
    top = _brightest(image)
    width, height = image.size
    whole = Image.new("RGB", (-(-width // factor), -(-height // factor)), "white")
    rows = max(1, STRIP_PIXELS // (width * factor)) * factor
    for y in range(0, height, rows):
        strip = _rgb(image.crop((0, y, width, min(y + rows, height))), top)
        whole.paste(strip.reduce(factor), (0, y // factor))
    return whole


def _rgb(image: Image.Image, top: float) -> Image.Image:
    """RGB on white; where the picture has deep greys, `top` is its white."""
    if _is_deep(image):
        image = _eight_bits(image, top)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _is_deep(image: Image.Image) -> bool:
    """Whether it is a grey picture of 16 or 32 bits a pixel, which Pillow would clip."""
    return image.mode.startswith(("I", "F"))


def _brightest(image: Image.Image) -> float:
    """What stands for white in a deep grey picture; of no meaning in any other."""
    usual = 1.0 if image.mode == "F" else 65_535
    if image.mode not in ("I", "F"):
        return usual
    _, found = image.getextrema()
    assert isinstance(found, int | float)
    return max(usual, found)


def _eight_bits(image: Image.Image, top: float) -> Image.Image:
    """Deep greys scaled to 0 to 255, not clipped."""
    values = np.asarray(image, dtype=np.float32)
    if not np.isfinite(values).all():
        raise PictureDamaged("values that are not numbers")
    return Image.fromarray((values.clip(0) * (255 / top)).astype(np.uint8))
