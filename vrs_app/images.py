"""Any uploaded file to an upright RGB picture, or a named error.

Nothing about a file is believed: its format is found in its bytes among an allow-list, its
size is checked before anything is decoded, and decoding may fail in any way it likes.
"""

import hashlib
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from .conf import conf
from .exceptions import (
    PictureDamaged,
    PictureEmpty,
    PictureFormatRefused,
    PictureTooLarge,
)

Pixels = NDArray[np.uint8]
"""Height × width × 3, red green blue, 0 to 255."""

# What Pillow's decoders raise on hostile bytes. A task's time limit is none of these.
DECODER_ERRORS = (
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

# A JPEG is decoded at a fraction of its size while that leaves this many times the side
# that the embedder sees: it saves most of the time and memory and changes no neighbour.
OVERSAMPLING = 4

# EXIF orientations of a camera held on its side.
LYING = (5, 6, 7, 8)


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

    With `smallest`, a JPEG is decoded smaller than it is, with sides of at least that.
    """
    image = _open(file)
    _check_pixels(image)
    width, height = image.size
    try:
        if smallest is not None:
            image.draft("RGB", (smallest, smallest))
        image.load()
        lies_on_its_side = _orientation(image) in LYING
        decoded = _on_white(_upright(image))
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error
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
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(str(error)) from error
    except UnidentifiedImageError as error:
        raise PictureFormatRefused from error
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error


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


def _orientation(image: Image.Image) -> int | None:
    """The EXIF orientation; garbage EXIF has none and is no damage."""
    with suppress(*DECODER_ERRORS):
        return image.getexif().get(ExifTags.Base.Orientation)
    return None


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF orientation says, if that can be read."""
    with suppress(*DECODER_ERRORS):
        return ImageOps.exif_transpose(image)
    return image


def _on_white(image: Image.Image) -> Image.Image:
    """RGB, with white where the picture is transparent and deep greys scaled, not clipped."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 16 or 32 bits a pixel as one of 8."""
    values = np.asarray(image, dtype=np.float32)
    if not np.isfinite(values).all():
        raise PictureDamaged("values that are not numbers")
    top = 65_535 if image.mode.startswith("I") else 1.0
    scale = 255 / top if values.max(initial=0) <= top else 255 / float(values.max())
    return Image.fromarray((values.clip(0) * scale).astype(np.uint8))
