"""The boxes of a file in the ISO base media file format (ISO/IEC 14496-12)."""

from collections.abc import Iterator
from typing import NamedTuple

from .structure import require

MOST_BOXES = 2000
"""In one box; a photo of 48 million pixels in tiles has about 300 items, each in a box."""


class Box(NamedTuple):
    """A box's type and its content, from byte `start` to before byte `end` of the file."""

    kind: bytes
    start: int
    end: int


def boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes between two positions, up to one that is damaged; one cut off ends there.

    Raises PictureTooLarge for more than MOST_BOXES.
    """
    count = 0
    while start + 8 <= end:
        size, header = number(data, start, 4), 8
        if size == 1:
            size, header = number(data, start + 8, 8), 16
        elif size == 0:
            size = end - start
        if size < header:
            return
        count += 1
        require(count, MOST_BOXES, "boxes")
        content = min(start + header, end)
        yield Box(data[start + 4 : start + 8], content, min(start + size, end))
        start += size


def within(data: bytes, box: Box, kind: bytes, skipped: int = 0) -> Iterator[Box]:
    """The boxes of one kind in the content of another, after so many bytes of it."""
    return (each for each in boxes(data, box.start + skipped, box.end) if each.kind == kind)


def number(data: bytes, position: int, size: int) -> int:
    """Unsigned; 0 without bytes; what lies beyond the end of the file is missing."""
    return int.from_bytes(data[position : position + size])
