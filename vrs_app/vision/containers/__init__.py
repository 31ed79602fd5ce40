"""What a file is made of, beside its pixels: looked at before Pillow opens it.

A small file may hold so many parts that reading its header takes gigabytes or hours. Each
format is walked here as Pillow and the libraries behind it walk it, and no further than to
the first part too many.
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
"""By how a file begins."""


def structure_of(data: bytes) -> Structure:
    """Raises PictureTooLarge for a file of too many parts; one that is damaged has few."""
    for beginning, walk in WALKS.items():
        if data.startswith(beginning):
            return walk(data)
    return Structure(length=len(data))
