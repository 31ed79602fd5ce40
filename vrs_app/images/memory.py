"""What decoding a picture takes, told from its header.

Pillow and the libraries behind it, measured at 16 million pixels; a bound, not a forecast.
"""

from typing import IO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

# Bytes a pixel of what is decoded, by Pillow's mode; any other mode takes four.
BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}

# Formats whose decoders keep whole copies of their own beside the picture.
BYTES_WITH_COPIES = {"WEBP": 16, "AVIF": 10, "TIFF": 8}

COEFFICIENT = 2
"""Bytes of a number that libjpeg keeps of a file of several scans, until the last is read."""

MOST_SEGMENTS = 1000
START_OF_SCAN = 0xDA


def bytes_to_decode(image: Image.Image, file: IO[bytes], reduction: int = 1) -> int:
    """Bytes that `image`, open but not yet decoded, takes at most.

    `reduction` is what a JPEG's sides are divided by as it is decoded.
    """
    pixels = image.width * image.height
    decoded = pixels // reduction**2 * BYTES.get(image.mode, 4)
    if isinstance(image, JpegImageFile):
        return decoded + (_coefficients(image) if _has_scans(image, file) else 0)
    return max(decoded, pixels * BYTES_WITH_COPIES.get(image.format or "", 0))


def _coefficients(image: JpegImageFile) -> int:
    """Bytes of all that libjpeg keeps: a number for each sample of each component."""
    across = max((layer[1] for layer in image.layer), default=1) or 1
    down = max((layer[2] for layer in image.layer), default=1) or 1
    samples = sum(layer[1] * layer[2] for layer in image.layer) / (across * down)
    return round(image.width * image.height * samples * COEFFICIENT)


def _has_scans(image: JpegImageFile, file: IO[bytes]) -> bool:
    """Whether it is progressive, or has its components one after the other."""
    if "progressive" in image.info:
        return True
    position = file.tell()
    try:
        return _components_of_first_scan(file) < len(image.layer)
    finally:
        file.seek(position)


def _components_of_first_scan(file: IO[bytes]) -> int:
    """0 where that cannot be told."""
    file.seek(2)
    for _ in range(MOST_SEGMENTS):
        head = file.read(5)
        if len(head) < 5 or head[0] != 0xFF:
            return 0
        if head[1] == START_OF_SCAN:
            return head[4]
        file.seek(int.from_bytes(head[2:4]) - 3, 1)
    return 0
