"""The items of an AVIF or HEIC file, and their properties (ISO/IEC 23008-12)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .boxes import Box, boxes, number, within
from .structure import require

MOST_ITEMS = 1000
"""libheif opens no file of more."""

MOST_EXTENTS = 10_000
"""Of all items together; usual encoders write one an item."""

FULL = 4
"""Bytes of the version and flags that some boxes begin with."""


class Place(NamedTuple):
    """An item's bytes, and whether some of them lie behind the end of the file."""

    length: int
    is_cut: bool


@dataclass
class Items:
    """Of one `meta` box: types and places by an item's id, properties in the order of the file.

    `primary` are the properties of the picture that is shown.
    """

    kinds: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    properties: list[Box] = field(default_factory=list)
    primary: list[Box] = field(default_factory=list)


def items_in(data: bytes, meta: Box) -> Items:
    """Raises PictureTooLarge for more than MOST_ITEMS or MOST_EXTENTS."""
    found = Items()
    shown = 0
    for box in boxes(data, meta.start + FULL, meta.end):
        match box.kind:
            case b"pitm":
                shown = number(data, box.start + FULL, 4 if number(data, box.start, 1) else 2)
            case b"iinf":
                found.kinds.update(_kinds(data, box))
            case b"iloc":
                found.places.update(_places(data, box))
            case b"iprp":
                _add_properties(data, box, found)
    for box in within(data, meta, b"iprp", FULL):
        for indices in _associated(data, box, shown):
            found.primary += [
                found.properties[i - 1] for i in indices if i <= len(found.properties)
            ]
    return found


def _kinds(data: bytes, iinf: Box) -> Iterator[tuple[int, bytes]]:
    wide = 4 if number(data, iinf.start, 1) else 2
    require(number(data, iinf.start + FULL, wide), MOST_ITEMS, "items")
    for count, infe in enumerate(within(data, iinf, b"infe", FULL + wide), start=1):
        require(count, MOST_ITEMS, "items")
        of_id = 4 if number(data, infe.start, 1) > 2 else 2
        kind = infe.start + FULL + of_id + 2
        yield number(data, infe.start + FULL, of_id), data[kind : kind + 4]


def _places(data: bytes, iloc: Box) -> Iterator[tuple[int, Place]]:
    """Where each item's bytes are, as the file says; a length of 0 is all of the file."""
    version, sizes = number(data, iloc.start, 1), number(data, iloc.start + FULL, 2)
    of_offset, of_length, of_base = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    of_index = sizes & 15 if version else 0
    of_id, of_method = 4 if version > 1 else 2, 2 if version else 0
    at = iloc.start + FULL + 2
    require(items := number(data, at, of_id), MOST_ITEMS, "items")
    at += of_id
    extents = 0
    for _ in range(items):
        if at >= iloc.end:
            return
        item = number(data, at, of_id)
        is_in_file = number(data, at + of_id, of_method) & 15 == 0
        at += of_id + of_method + 2
        base, count = number(data, at, of_base), number(data, at + of_base, 2)
        at += of_base + 2
        require(extents := extents + count, MOST_EXTENTS, "extents")
        length = end = 0
        for _ in range(count):
            offset = number(data, at + of_index, of_offset)
            size = number(data, at + of_index + of_offset, of_length) or len(data)
            length += min(size, len(data))
            end = max(end, base + offset + size)
            at += of_index + of_offset + of_length
        yield item, Place(length, is_in_file and end > len(data))


def _add_properties(data: bytes, iprp: Box, found: Items) -> None:
    for ipco in within(data, iprp, b"ipco"):
        found.properties += boxes(data, ipco.start, ipco.end)


def _associated(data: bytes, iprp: Box, item: int) -> Iterator[list[int]]:
    """Numbers of the properties of one item, from 1."""
    for ipma in within(data, iprp, b"ipma"):
        of_id = 4 if number(data, ipma.start, 1) else 2
        of_index = 2 if number(data, ipma.start + 3, 1) & 1 else 1
        entries = number(data, ipma.start + FULL, 4)
        require(entries, MOST_ITEMS, "items with properties")
        at = ipma.start + FULL + 4
        for _ in range(entries):
            count, first = number(data, at + of_id, 1), at + of_id + 1
            if number(data, at, of_id) == item:
                mask = (1 << 8 * of_index - 1) - 1  # the highest bit says "essential"
                places = range(first, first + count * of_index, of_index)
                yield [i for each in places if (i := number(data, each, of_index) & mask)]
            at = first + count * of_index
            if at > ipma.end:
                return
