"""Upper bounds of the memory that decoding a picture takes, known before it is decoded.

Measured on Pillow and the libraries behind it; bounds, not estimates.
"""

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from ..conf import conf
from ..exceptions import PictureTooLarge
from .colour_profiles import bytes_to_convert
from .containers import Structure

# Bytes a pixel of a decoded picture, by Pillow's mode; any other mode takes four.
BYTES_A_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}

# Bytes a pixel of formats whose decoders keep copies of the whole picture.
BYTES_A_PIXEL_WITH_COPIES = {"WEBP": 16, "AVIF": 16, "BMP": 4, "GIF": 2}

BYTES_A_COEFFICIENT = 2
"""Of a JPEG of several scans libjpeg keeps all coefficients until the last scan is read."""

WORKING_BYTES = 15_000_000
"""Bytes that converting a decoded picture tile by tile takes."""

REDUCTIONS = (8, 4, 2, 1)
"""What libjpeg can divide a JPEG's sides by while decoding, which saves time and memory."""

BITS_PER_SAMPLE, SAMPLES_PER_PIXEL = 258, 277


def affordable_reduction(image: Image.Image, structure: Structure, wanted: int = 1) -> int:
    """The smallest of REDUCTIONS, at least `wanted`, that fits `VRS["MAX_IMAGE_MEMORY"]`.

    1 for any format but lossy JPEG. Raises PictureTooLarge where nothing fits.
    """
    beside = structure.length + WORKING_BYTES + bytes_to_convert(image)
    possible = [each for each in reversed(REDUCTIONS) if each >= wanted]
    can_be = isinstance(image, JpegImageFile) and not structure.is_lossless
    for reduction in possible if can_be else [1]:
        needed = bytes_to_decode(image, structure, reduction) + beside
        if needed <= conf.MAX_IMAGE_MEMORY:
            return reduction
    require_memory(needed)
    return reduction


def require_memory(needed: int) -> None:
    """Raise PictureTooLarge if `needed` bytes exceed `VRS["MAX_IMAGE_MEMORY"]`."""
    if needed > (most := conf.MAX_IMAGE_MEMORY):
        raise PictureTooLarge(f"reading it takes {needed:,} bytes of memory; at most {most:,}")


def bytes_to_decode(image: Image.Image, structure: Structure, reduction: int = 1) -> int:
    """The most bytes that decoding `image`, opened but not decoded, takes beside its file.

    `reduction` is what a JPEG's sides are divided by while decoding.
    """
    pixels = image.width * image.height
    decoded = pixels // reduction**2 * BYTES_A_PIXEL.get(image.mode, 4)
    if isinstance(image, JpegImageFile):
        decoded += _coefficients(image) if _has_scans(image, structure) else 0
    elif isinstance(image, TiffImageFile):
        decoded += max(pixels, structure.block) * _tiff_bytes(image)
    else:
        copies = BYTES_A_PIXEL_WITH_COPIES.get(image.format or "", 0)
        decoded = max(decoded, pixels * copies)
    return decoded + structure.metadata


def _coefficients(image: JpegImageFile) -> int:
    """Bytes of the coefficients that libjpeg keeps: one for each sample of each component."""
    across = max((layer[1] for layer in image.layer), default=1) or 1
    down = max((layer[2] for layer in image.layer), default=1) or 1
    samples = sum(layer[1] * layer[2] for layer in image.layer) / (across * down)
    return round(image.width * image.height * samples * BYTES_A_COEFFICIENT)


def _has_scans(image: JpegImageFile, structure: Structure) -> bool:
    """Whether it has several scans: progressive, or its components one after the other."""
    return "progressive" in image.info or structure.components < len(image.layer)


def _tiff_bytes(image: TiffImageFile) -> int:
    """Bytes a pixel that libtiff decodes, possibly of the whole picture at once."""
    bits: tuple[int, ...] = image.tag_v2.get(BITS_PER_SAMPLE, (1,))
    samples: int = image.tag_v2.get(SAMPLES_PER_PIXEL, 1)
    return max(4, -(-max(bits) * max(samples, len(bits)) // 8))
