"""Upper bounds of the memory that decoding a picture takes, known before it is decoded.

Measured on Pillow and the libraries behind it; bounds, not estimates.
"""

from PIL import AvifImagePlugin, Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from ..conf import conf
from ..exceptions import PictureTooLarge
from .colour_profiles import bytes_to_convert
from .containers import Structure
from .heif import HeifPicture

# Bytes a pixel of a decoded picture, by Pillow's mode; any other mode takes four.
BYTES_A_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}

# Bytes a pixel of formats whose decoders keep copies of the whole picture.
BYTES_A_PIXEL_WITH_COPIES = {"WEBP": 16, "AVIF": 16, "BMP": 4, "GIF": 2}

BYTES_A_PIXEL_OF_DEEP_AVIF = 20
"""The same of more than 8 bits a sample."""

AVIF_THREADS = 2
"""Each takes half a megabyte or more; Pillow starts one for each processor."""

AvifImagePlugin.DEFAULT_MAX_THREADS = AvifImagePlugin.DEFAULT_MAX_THREADS or AVIF_THREADS

BYTES_A_PIXEL_OF_HEIC = {
    (False, False, False): 6,
    (False, False, True): 9.5,
    (False, True, False): 11.5,
    (False, True, True): 13.5,
    (True, False, False): 13,
    (True, False, True): 17,
    (True, True, False): 18,
    (True, True, True): 24,
}
"""What libheif takes, by whether there are more than 8 bits a sample, whether it is finer than
4:2:0, and whether it has transparency. Measured with libheif 1.23, in processes that had read
other pictures before: what is freed meanwhile may still be taken."""

BYTES_A_PIXEL_WITHOUT_TILES = 1.5
"""What libheif takes besides where the picture is not in tiles, as those of iPhones are."""

STILL_TAKEN = 0.75
"""The share of it that may not be free yet while Pillow's picture is filled."""

BYTES_A_COEFFICIENT = 2
"""Of a JPEG of several scans libjpeg keeps all coefficients until the last scan is read."""

WORKING_BYTES = 15_000_000
"""Bytes that converting a decoded picture tile by tile takes."""

REDUCTIONS = (8, 4, 2, 1)
"""What a JPEG's or HEIC's sides can be divided by while decoding, which saves memory."""

BITS_PER_SAMPLE, SAMPLES_PER_PIXEL = 258, 277


def affordable_reduction(image: Image.Image, structure: Structure, wanted: int = 1) -> int:
    """The smallest of REDUCTIONS, at least `wanted`, that fits `VRS["MAX_IMAGE_MEMORY"]`.

    1 for any format but lossy JPEG and HEIC. Raises PictureTooLarge where nothing fits.
    """
    beside = structure.length + WORKING_BYTES + bytes_to_convert(image)
    possible = [each for each in reversed(REDUCTIONS) if each >= wanted]
    can_be = isinstance(image, JpegImageFile | HeifPicture) and not structure.is_lossless
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

    `reduction` is what a JPEG's or HEIC's sides are divided by while decoding.
    """
    pixels = image.width * image.height
    decoded = pixels // reduction**2 * BYTES_A_PIXEL.get(image.mode, 4)
    if isinstance(image, JpegImageFile):
        decoded += _coefficients(image) if _has_scans(image, structure) else 0
    elif isinstance(image, TiffImageFile):
        decoded += max(pixels, structure.block) * _tiff_bytes(image)
    elif isinstance(image, HeifPicture):
        taken = _libheif_bytes(image, structure)
        decoded = max(taken, decoded + round(taken * STILL_TAKEN))
    else:
        decoded = max(decoded, pixels * _copies(image, structure))
    return decoded + structure.metadata


def _copies(image: Image.Image, structure: Structure) -> int:
    """Bytes a pixel of decoders that keep copies of the whole picture; 0 for others."""
    if image.format == "AVIF" and structure.bits > 8:
        return BYTES_A_PIXEL_OF_DEEP_AVIF
    return BYTES_A_PIXEL_WITH_COPIES.get(image.format or "", 0)


def _libheif_bytes(image: HeifPicture, structure: Structure) -> int:
    """What libheif takes to decode the picture, or the largest in the file if it is larger."""
    kind = structure.bits > 8, structure.chroma > 1, image.has_transparency_data
    pixels = max(image.width * image.height, structure.block)
    more = 0 if structure.is_tiled else BYTES_A_PIXEL_WITHOUT_TILES
    return round(pixels * (BYTES_A_PIXEL_OF_HEIC[kind] + more))


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
