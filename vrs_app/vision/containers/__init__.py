"""The container structure of picture files, parsed before Pillow opens them.

A small file may hold so many parts (chunks, segments, blocks) that reading its header takes
gigabytes or hours. Each format is parsed as Pillow and the libraries behind it parse it, and only
until the limit of parts is exceeded.
"""

from collections.abc import Callable

from . import bmp, gif, jpeg, png, tiff
from .structure import Structure

__all__ = ["Structure", "structure_of"]

WALKS: dict[bytes, Callable[[bytes], Structure]] = {
    b"\xff\xd8\xff": jpeg.walk,
    b"\x89PNG\r\n\x1a\n": png.walk,
    b"GIF8": gif.walk,
    b"BM": bmp.walk,
    b"II": tiff.walk,
    b"MM": tiff.walk,
}
"""The parser of each format, by the signature that a file begins with."""


def structure_of(data: bytes) -> Structure:
    """The structure of the file `data`; raises PictureTooLarge for one of too many parts.

    A damaged file is parsed up to the damage.
    """
    for beginning, walk in WALKS.items():
        if data.startswith(beginning):
            return walk(data)
    return Structure(length=len(data))
