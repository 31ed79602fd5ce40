"""The container structure of picture files, parsed before Pillow opens them.

A small file may hold so many parts (chunks, segments, blocks) that reading its header takes
gigabytes or hours. Each format is parsed as Pillow and the libraries behind it parse it, and only
until the limit of parts is exceeded. The parts of a JPEG or PNG that change nothing of what is
seen do not reach Pillow, which would spend memory on them or refuse the file.
"""

from collections.abc import Callable

from . import bmp, gif, heif, jpeg, png, tiff
from .excerpt import open_excerpt
from .structure import CodePoints, Structure

__all__ = ["CodePoints", "Structure", "open_excerpt", "structure_of"]

PARSERS: dict[bytes, Callable[[bytes], Structure]] = {
    b"\xff\xd8\xff": jpeg.parse,
    b"\x89PNG\r\n\x1a\n": png.parse,
    b"GIF8": gif.parse,
    b"BM": bmp.parse,
    b"II": tiff.parse,
    b"MM": tiff.parse,
}
"""The parser of each format, by the signature that a file begins with."""


def structure_of(data: bytes) -> Structure:
    """The structure of the file `data`; raises PictureTooLarge for one of too many parts.

    A damaged file is parsed up to the damage.
    """
    for beginning, parse in PARSERS.items():
        if data.startswith(beginning):
            return parse(data)
    if data.startswith(heif.SIGNATURE, heif.SIGNATURE_AT):
        return heif.parse(data)
    return Structure(length=len(data))
