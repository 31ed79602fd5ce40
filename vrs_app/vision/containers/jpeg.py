"""A JPEG's segments and scans."""

import re
from collections.abc import Iterator

from .structure import Structure, require

MOST_SEGMENTS = 1000
"""Pillow joins those of one kind before the pixels, each time copying them all."""

MOST_SCANS = 100
"""Each goes over all pixels again, were it a few bytes long; the usual writers make 10."""

COPIES = 5
"""Of all that stands before the first scan, that Pillow makes at most."""

SEGMENT = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]", re.DOTALL)
"""What begins one. The other markers stand alone, and 00 marks an FF among the pixels."""

END, SCAN = 0xD9, 0xDA
LOSSLESS = (0xC3, 0xC7, 0xCB, 0xCF)


def walk(data: bytes) -> Structure:
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
    """The kind of each, and where its length stands.

    Whatever lies between two is passed over, as libjpeg does.
    """
    position = 2
    while found := SEGMENT.search(data, position):
        kind, start = found[0][1], found.end()
        if kind == END:
            return
        yield kind, start
        position = start + max(2, int.from_bytes(data[start : start + 2]))
