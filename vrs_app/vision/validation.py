"""Validating a file by its format, structure and size, before a pixel is decoded."""

import re
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import IO

from PIL import Image, UnidentifiedImageError

from ..conf import conf
from ..exceptions import (
    PictureDamaged,
    PictureEmpty,
    PictureFormatRefused,
    PictureNeedsExtra,
    PictureTooLarge,
)
from . import heif
from .containers import Structure, open_excerpt, structure_of
from .formats import accepted_formats
from .memory_budget import require_memory
from .transparency import scale_transparency

# One hostile file makes Pillow issue thousands of warnings, which would flood a worker's log.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

# What Pillow raises for a picture above its own limit; the warning is raised where the shop's
# Python makes warnings errors.
BOMB_ERRORS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# What Pillow's decoders raise on hostile bytes. SoftTimeLimitExceeded is not among them, nor is
# MemoryError, which says as much about the machine as about the picture.
DECODER_ERRORS = (
    *BOMB_ERRORS,
    OSError,
    EOFError,
    ValueError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    AssertionError,
    TypeError,
    AttributeError,
    RuntimeError,
    UserWarning,  # where the shop's own code makes warnings errors
    struct.error,
    zlib.error,
)

MOST_SIDE = 100_000
"""The largest side in pixels; JPEG has 65,535 at most, WebP 16,383."""

# Formats whose further frames are separate pictures, never decoded here. Counting those of a
# TIFF takes time that grows with their square.
SEPARATE_FRAMES = ("MPO", "TIFF", "HEIF")

# Signatures of the usual formats: a file with one that cannot be opened is damaged, any other
# is of a format that is not accepted.
SIGNATURES = {
    "JPEG": rb"\xff\xd8\xff",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "GIF": rb"GIF8",
    "WEBP": rb"RIFF....WEBP",
    "TIFF": rb"II[*+]\0|MM\0[*+]",
    "AVIF": rb"....ftypavi[fs]",
    "HEIF": rb"....ftyp(hei[cxms]|hev[cxms]|mif1|msf1)",
}


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The limits of a file: formats by Pillow's names, bytes, and pixels of all its frames."""

    formats: tuple[str, ...]
    most_bytes: int
    most_pixels: int


def bounds_from_settings() -> Bounds:
    """The limits of `VRS` for uploaded pictures."""
    return Bounds(
        formats=tuple(conf.IMAGE_FORMATS),
        most_bytes=conf.MAX_IMAGE_BYTES,
        most_pixels=conf.MAX_IMAGE_PIXELS,
    )


def open_checked(file: IO[bytes], bounds: Bounds | None = None) -> tuple[Image.Image, Structure]:
    """The picture in `file`, validated and opened but not decoded; raises PictureError.

    `bounds` default to the settings'.
    """
    bounds = bounds or bounds_from_settings()
    data = _read_bytes(file, bounds)
    structure = structure_of(data)
    require_memory(structure.length + structure.metadata)
    image = _open(open_excerpt(data, structure) or file, bounds)
    if structure.is_cut_short:
        raise PictureDamaged("pixels are missing at its end")
    scale_transparency(image)
    _check_pixels(image, structure, bounds.most_pixels)
    return image, structure


def _read_bytes(file: IO[bytes], bounds: Bounds) -> bytes:
    """All of `file`, unless it is empty or longer than `bounds` allow."""
    file.seek(0, 2)
    length = file.tell()
    if length == 0:
        raise PictureEmpty
    if length > bounds.most_bytes:
        raise PictureTooLarge(f"more than {bounds.most_bytes:,} bytes")
    file.seek(0)
    return file.read()


def _open(file: IO[bytes], bounds: Bounds) -> Image.Image:
    try:
        return _opened(file, [name.upper() for name in bounds.formats])
    except BOMB_ERRORS as error:
        raise PictureTooLarge(str(error)) from error
    except UnidentifiedImageError as error:
        if _has_accepted_signature(file, bounds.formats):
            raise PictureDamaged("no readable header") from error
        raise PictureFormatRefused(f"accepted: {', '.join(accepted_formats())}") from error
    except DECODER_ERRORS as error:
        raise PictureDamaged(type(error).__name__) from error


def _opened(file: IO[bytes], formats: list[str]) -> Image.Image:
    """Whatever plugin for HEIC the shop has registered, ours is used, whose memory is known."""
    file.seek(0)
    try:
        return Image.open(file, formats=[name for name in formats if name != heif.FORMAT])
    except UnidentifiedImageError:
        file.seek(0)
        if heif.FORMAT not in formats or not heif.accepts(file.read(12)):
            raise
        if not heif.is_installed():
            raise PictureNeedsExtra from None
        file.seek(0)
        return heif.HeifPicture(file)


def _has_accepted_signature(file: IO[bytes], formats: tuple[str, ...]) -> bool:
    file.seek(0)
    beginning = file.read(12)
    accepted = (SIGNATURES.get(name.upper(), rb"(?!)") for name in formats)
    return any(re.match(pattern, beginning, re.DOTALL) for pattern in accepted)


def _check_pixels(image: Image.Image, structure: Structure, most_pixels: int) -> None:
    """Raise PictureTooLarge for a side, or pixels of all frames together, above the limit."""
    if max(image.size) > MOST_SIDE:
        raise PictureTooLarge(f"a side of {max(image.size):,} pixels; at most {MOST_SIDE:,}")
    pixels = image.width * image.height * _frames(image, structure)
    if pixels > most_pixels:
        raise PictureTooLarge(f"{pixels:,} pixels; at most {most_pixels:,}")


def _frames(image: Image.Image, structure: Structure) -> int:
    if image.format in SEPARATE_FRAMES:
        return 1
    return structure.frames or int(getattr(image, "n_frames", 1))
