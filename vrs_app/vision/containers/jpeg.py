"""The segments and scans of a JPEG."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import takewhile
from typing import NamedTuple

from .excerpt import append
from .structure import Structure, require

MOST_SEGMENTS = 1000
"""Of those that go to the decoder: Pillow concatenates some, copying all of them each time."""

MOST_SEGMENTS_FOUND = 50_000
"""Of all; a phone's photo with a gain map has 30."""

MOST_SCANS = 100
"""Each scan takes a pass over all pixels, however few bytes it has; usual encoders write 10."""

COPIES = 5
"""Copies that Pillow makes at most of everything before the first scan."""

SEGMENT = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]", re.DOTALL)
"""The marker of a segment. Other markers have no segment, and FF 00 is an FF in the pixels."""

END, SCAN, COMMENT = 0xD9, 0xDA, 0xFE
LOSSLESS = (0xC3, 0xC7, 0xCB, 0xCF)
PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
APPLICATIONS = range(0xE0, 0xF0)

EXIF_KIND, EXIF = 0xE1, b"Exif\0\0"
WANTED = {0xE0: b"JFIF\0", EXIF_KIND: EXIF, 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""Applications' segments that change what is seen, by what they begin with.

Of EXIF the first counts. All others are left out, as are comments: an index of further pictures
(MPF) makes Pillow take the file for another format, and XMP makes it turn pictures that no
browser turns.
"""

END_MARKER = bytes([0xFF, END])
LAST_BIT = b"\x10"
"""Successive approximation of a progressive scan that brings the last bit of its coefficients."""

ZEROS = bytes(4096)


class Segment(NamedTuple):
    """`start` is the position of its marker, `stop` that after it, without a scan's pixels."""

    kind: int
    start: int
    stop: int


def parse(data: bytes) -> Structure:
    """Raises PictureTooLarge for more than MOST_SEGMENTS, MOST_SEGMENTS_FOUND or MOST_SCANS."""
    segments = list(_segments(data))
    scans = [each for each in segments if each.kind == SCAN]
    require(len(scans), MOST_SCANS, "scans")
    kinds = {each.kind for each in segments}
    first = scans[0] if scans else Segment(SCAN, len(data), len(data))
    kept = _kept_before_pixels(data, segments)
    is_whole = END in kinds
    if scans:
        end = segments[-1].stop if is_whole else _end_without_zeros(data)
        append(kept, range(first.start, max(end, first.stop)))
    return Structure(
        length=len(data),
        metadata=COPIES * first.start,
        components=(data[first.start + 4 : first.stop] or b"\0")[0],
        is_lossless=not kinds.isdisjoint(LOSSLESS),
        kept=tuple(kept) if scans else (),
        added=b"" if is_whole or not _may_end_early(data, scans, kinds) else END_MARKER,
    )


def _segments(data: bytes) -> Iterator[Segment]:
    """All up to the end marker. Bytes between two segments are skipped, as libjpeg does."""
    position, count = 2, 0
    while found := SEGMENT.search(data, position):
        count += 1
        require(count, MOST_SEGMENTS_FOUND, "segments")
        kind, after = found[0][1], found.end()
        length = 0 if kind == END else max(2, int.from_bytes(data[after : after + 2]))
        position = min(after + length, len(data))
        yield Segment(kind, found.start(), position)
        if kind == END:
            return


def _kept_before_pixels(data: bytes, segments: Iterable[Segment]) -> list[range]:
    """The parts of the file that go to the decoder, up to the first scan."""
    kept, count, has_exif = [range(2)], 0, False
    for segment in takewhile(lambda each: each.kind not in (SCAN, END), segments):
        is_exif = data.startswith(EXIF, segment.start + 4) and segment.kind == EXIF_KIND
        if _is_wanted(data, segment) and not (is_exif and has_exif):
            count += 1
            require(count, MOST_SEGMENTS, "segments")
            append(kept, range(segment.start, segment.stop))
            has_exif |= is_exif
    return kept


def _is_wanted(data: bytes, segment: Segment) -> bool:
    if segment.kind in APPLICATIONS:
        beginning = WANTED.get(segment.kind)
        return beginning is not None and data.startswith(beginning, segment.start + 4)
    return segment.kind != COMMENT


def _may_end_early(data: bytes, scans: Sequence[Segment], kinds: Set[int]) -> bool:
    """Whether a file without end marker may have nearly all of its picture.

    Decoded as if it ended there, one scan lacks its last rows, which `last_rows` counts. A
    progressive one has all rows, and lacks a part of the last bits only.
    """
    if not kinds.isdisjoint(PROGRESSIVE):
        return bool(scans) and data[scans[-1].stop - 1 : scans[-1].stop] == LAST_BIT
    return len(scans) == 1 and kinds.isdisjoint(LOSSLESS)


def _end_without_zeros(data: bytes) -> int:
    """The position after the last byte that is not zero: where an upload broke off."""
    end = len(data)
    while data.endswith(ZEROS, 0, end):
        end -= len(ZEROS)
    return len(data[max(0, end - len(ZEROS)) : end].rstrip(b"\0")) + max(0, end - len(ZEROS))
