"""The segments and scans of a JPEG."""

import re
from collections.abc import Iterator

from .structure import Structure, require

MOST_SEGMENTS = 1000
"""Pillow concatenates those of one kind before the pixels, copying all of them each time."""

MOST_SCANS = 100
"""Each scan takes a pass over all pixels, however few bytes it has; usual encoders write 10."""

COPIES = 5
"""Copies that Pillow makes at most of everything before the first scan."""

SEGMENT = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]", re.DOTALL)
"""The marker of a segment. Other markers have no segment, and FF 00 is an FF in the pixels."""

END, SCAN = 0xD9, 0xDA
LOSSLESS = (0xC3, 0xC7, 0xCB, 0xCF)


def parse(data: bytes) -> Structure:
    """Raises PictureTooLarge for more than MOST_SEGMENTS or MOST_SCANS."""
    scans: list[int] = []
    is_lossless = False
    for count, (kind, start) in enumerate(_segments(data), start=1):
        require(count, MOST_SEGMENTS, "segments")
        is_lossless |= kind in LOSSLESS
        if kind == SCAN:
            scans.append(start)
            require(len(scans), MOST_SCANS, "scans")
    pixels_at = scans[0] if scans else len(data)
    components = data[pixels_at + 2 : pixels_at + 3]
    return Structure(
        length=len(data),
        metadata=COPIES * pixels_at,
        components=components[0] if components else 0,
        is_lossless=is_lossless,
    )


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """The kind of each segment, and the position of its length.

    Bytes between two segments are skipped, as libjpeg does.
    """
    position = 2
    while found := SEGMENT.search(data, position):
        kind, start = found[0][1], found.end()
        if kind == END:
            return
        yield kind, start
        position = start + max(2, int.from_bytes(data[start : start + 2]))
