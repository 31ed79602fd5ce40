"""The sequence parameter sets of HEVC (ITU-T H.265, 7.3.2.2): how samples are stored."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .boxes import Box, number
from .structure import require

LONGEST = 200
"""Bytes of a parameter set that are looked at; what is needed stands at its beginning."""

ARRAYS_AT = 22
"""Where the arrays of units in a decoder configuration (hvcC) begin, after their number."""

MOST_ARRAYS = MOST_UNITS = 16
"""In a configuration: one array for each kind of unit, with one or two in it."""

MOST_SETS = 1000
"""Among the units of all pictures together, where usual encoders write none."""

IN_PICTURE = re.compile(rb"\0\0[\0-\2].(?=[\x42\x43][\x01-\x07])", re.DOTALL)
"""The length of a parameter set among the units of a picture, from which decoders take it too.

Within a unit no two zeros stand before such a byte: they are escaped.
"""


class Samples(NamedTuple):
    """`chroma`: 0 for grey, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4; `bits` a sample."""

    chroma: int
    bits: int


WORST = Samples(3, 16)


class _Bits:
    """Reads bits and Exp-Golomb codes; raises IndexError at the end."""

    def __init__(self, data: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in data)
        self._at = 0

    def take(self, count: int) -> int:
        self._at += count
        if self._at > len(self._bits):
            raise IndexError
        return int(self._bits[self._at - count : self._at], 2) if count else 0

    def code(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)


def sets_in_configuration(data: bytes, box: Box) -> Iterator[Samples]:
    """Of each parameter set in an hvcC box; WORST for one that cannot be read."""
    at = box.start + ARRAYS_AT + 1
    require(arrays := number(data, box.start + ARRAYS_AT, 1), MOST_ARRAYS, "arrays of units")
    for _ in range(arrays):
        require(units := number(data, at + 1, 2), MOST_UNITS, "units of a configuration")
        at += 3
        for _ in range(units):
            if at >= box.end:
                return
            length = number(data, at, 2)
            if data[at + 2 : at + 3] in (b"\x42", b"\x43"):
                yield samples_of(data[at + 2 : at + 2 + min(length, LONGEST)])
            at += 2 + length


def sets_in_pictures(data: bytes) -> Iterator[Samples]:
    """Of each parameter set that stands among the units of the pictures themselves."""
    for count, found in enumerate(IN_PICTURE.finditer(data), start=1):
        require(count, MOST_SETS, "parameter sets")
        yield samples_of(data[found.end() : found.end() + LONGEST])


def samples_of(unit: bytes) -> Samples:
    """WORST where the parameter set cannot be read."""
    bits = _Bits(unit[2:].replace(b"\0\0\3", b"\0\0"))
    try:
        bits.take(4)
        layers = bits.take(3)
        bits.take(1 + 96)  # the profile and level
        present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
        bits.take(2 * (8 - layers) if layers else 0)
        bits.take(sum(88 * profile + 8 * level for profile, level in present))
        bits.code()  # the number of the set
        if (chroma := bits.code()) == 3:
            bits.take(1)
        bits.code(), bits.code()  # width and height
        if bits.take(1):  # of which a part is shown
            _ = [bits.code() for _ in range(4)]
        return Samples(min(chroma, 3), 8 + max(bits.code(), bits.code()))
    except IndexError:
        return WORST
