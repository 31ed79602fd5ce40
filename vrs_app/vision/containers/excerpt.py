"""A file without the parts that browsers ignore, which decoders may refuse or spend memory on."""

from bisect import bisect_right
from collections.abc import Sequence
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from itertools import accumulate

from .structure import Structure


def append(kept: list[range], part: range) -> None:
    """Append a part of the file to those that are kept; as one with the last if they touch."""
    if kept and kept[-1].stop == part.start:
        kept[-1] = range(kept[-1].start, part.stop)
    else:
        kept.append(part)


def open_excerpt(data: bytes, structure: Structure) -> BufferedReader | None:
    """The parts of `data` that its structure keeps, as one file; None where that is all of it.

    No byte of `data` is copied.
    """
    if structure.kept in ((), (range(len(data)),)) and not structure.added:
        return None
    whole = memoryview(data)
    pieces = [whole[each.start : each.stop] for each in structure.kept]
    return BufferedReader(_Joined([*pieces, structure.added]))


class _Joined(RawIOBase):
    """Several pieces of bytes read as one file."""

    def __init__(self, pieces: Sequence[memoryview | bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._starts = list(accumulate((len(each) for each in pieces), initial=0))
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        origin = {SEEK_SET: 0, SEEK_CUR: self._position, SEEK_END: self._starts[-1]}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        index = bisect_right(self._starts, self._position) - 1
        if index >= len(self._pieces):
            return 0
        piece, start = self._pieces[index], self._position - self._starts[index]
        found = piece[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)
