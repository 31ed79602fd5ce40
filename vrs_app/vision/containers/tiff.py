"""The first directory of a TIFF, the only one that Pillow decodes."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from .structure import Structure, require

MOST_VALUES = 100_000
"""Values of all fields together; each strip or tile has two."""

BYTES_A_VALUE = 350
"""Bytes that Pillow keeps of the offset of a strip."""

BIG = 43
TILE_WIDTH, TILE_HEIGHT = 322, 323

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}
"""Bytes of a value, by the field's type. Pillow ignores other types, and keeps values of one
byte as they are."""

INTEGERS = {3: "H", 4: "L", 16: "Q"}


class Field(NamedTuple):
    tag: int
    type: int
    number: int
    value: bytes


def parse(data: bytes) -> Structure:
    """Raises PictureTooLarge for more than MOST_VALUES, or fields that share their bytes."""
    order = ">" if data.startswith(b"MM") else "<"
    values, length, tile = 0, 0, {TILE_WIDTH: 0, TILE_HEIGHT: 0}
    for field in _fields(data, order):
        size = SIZES.get(field.type, 0)
        if field.number * size > len(data):  # Pillow ignores it
            continue
        values += field.number if size > 1 else 0
        length += field.number * size
        require(values, MOST_VALUES, "values")
        if field.tag in tile and field.type in INTEGERS:
            tile[field.tag] = _integer(field, order)
    require(length, len(data), "bytes of fields")  # usual encoders store no bytes twice
    return Structure(
        length=len(data),
        metadata=BYTES_A_VALUE * values + length,
        block=tile[TILE_WIDTH] * tile[TILE_HEIGHT],
    )


def _fields(data: bytes, order: str) -> Iterator[Field]:
    is_big = data[2:3] == bytes([BIG])
    address, number, entry = ("Q", "Q", "HHQ8s") if is_big else ("L", "H", "HHL4s")
    try:
        (start,) = struct.unpack_from(order + address, data, 8 if is_big else 4)
        (count,) = struct.unpack_from(order + number, data, start)
        first = start + struct.calcsize(order + number)
        for place in range(count):
            at = first + place * struct.calcsize(order + entry)
            yield Field(*struct.unpack_from(order + entry, data, at))
    except (struct.error, OverflowError):  # the directory ends, or lies outside the file
        return


def _integer(field: Field, order: str) -> int:
    number: int = struct.unpack_from(order + INTEGERS[field.type], field.value.ljust(8, b"\0"))[0]
    return number
