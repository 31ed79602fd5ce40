"""What decoding a picture takes, told before it is decoded.

Pillow and the libraries behind it, measured; a bound, not a forecast.
"""

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from ..conf import conf
from ..exceptions import PictureTooLarge
from .containers import Structure

# Bytes a pixel of what is decoded, by Pillow's mode; any other mode takes four.
BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}

# Formats whose decoders keep whole copies of their own beside the picture.
BYTES_WITH_COPIES = {"WEBP": 16, "AVIF": 16, "BMP": 4, "GIF": 2}

COEFFICIENT = 2
"""Bytes of a number that libjpeg keeps of a file of several scans, until the last is read."""

BESIDE = 15_000_000
"""Bytes of what is made of a decoded picture, strip by strip."""

REDUCTIONS = (8, 4, 2, 1)
"""By what a JPEG's sides may be divided as it is decoded, which saves time and memory."""

BITS_PER_SAMPLE, SAMPLES_PER_PIXEL = 258, 277


def affordable_reduction(image: Image.Image, structure: Structure, wanted: int = 1) -> int:
    """By what the sides of `image` are best divided as it is decoded, at least `wanted`.

    Only those of a JPEG with losses can be. Raises PictureTooLarge where none keeps within
    `VRS["MAX_IMAGE_MEMORY"]`.
    """
    beside = structure.length + BESIDE
    possible = [each for each in reversed(REDUCTIONS) if each >= wanted]
    can_be = isinstance(image, JpegImageFile) and not structure.is_lossless
    for reduction in possible if can_be else [1]:
        needed = bytes_to_decode(image, structure, reduction) + beside
        if needed <= conf.MAX_IMAGE_MEMORY:
            return reduction
    require_memory(needed)
    return reduction


def require_memory(needed: int) -> None:
    """Raises PictureTooLarge for more than `VRS["MAX_IMAGE_MEMORY"]`."""
    if needed > (most := conf.MAX_IMAGE_MEMORY):
        raise PictureTooLarge(f"reading it takes {needed:,} bytes of memory; at most {most:,}")


def bytes_to_decode(image: Image.Image, structure: Structure, reduction: int = 1) -> int:
    """Bytes that `image`, open but not yet decoded, takes at most, its file aside.

    `reduction` is what a JPEG's sides are divided by as it is decoded.
    """
    pixels = image.width * image.height
    decoded = pixels // reduction**2 * BYTES.get(image.mode, 4)
    if isinstance(image, JpegImageFile):
        decoded += _coefficients(image) if _has_scans(image, structure) else 0
    elif isinstance(image, TiffImageFile):
        decoded += max(pixels, structure.block) * _tiff_bytes(image)
    else:
        decoded = max(decoded, pixels * BYTES_WITH_COPIES.get(image.format or "", 0))
    return decoded + structure.metadata


def _coefficients(image: JpegImageFile) -> int:
    """Bytes of all that libjpeg keeps: a number for each sample of each component."""
    across = max((layer[1] for layer in image.layer), default=1) or 1
    down = max((layer[2] for layer in image.layer), default=1) or 1
    samples = sum(layer[1] * layer[2] for layer in image.layer) / (across * down)
    return round(image.width * image.height * samples * COEFFICIENT)


def _has_scans(image: JpegImageFile, structure: Structure) -> bool:
    """Whether it is progressive, or has its components one after the other."""
    return "progressive" in image.info or structure.components < len(image.layer)


def _tiff_bytes(image: TiffImageFile) -> int:
    """Bytes a pixel of what libtiff decodes, which may be the whole picture at once."""
    bits: tuple[int, ...] = image.tag_v2.get(BITS_PER_SAMPLE, (1,))
    samples: int = image.tag_v2.get(SAMPLES_PER_PIXEL, 1)
    return max(4, -(-max(bits) * max(samples, len(bits)) // 8))
