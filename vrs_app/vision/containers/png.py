"""The chunks of a PNG."""

import zlib
from collections.abc import Iterator, Set
from typing import NamedTuple

from . import png_colours
from .excerpt import append
from .structure import Structure, require

MOST_CHUNKS = 50_000
"""Usual encoders write 3,000 in 25 MB."""

BYTES_A_CHUNK = 600
"""Bytes that Pillow keeps of an unknown chunk; those that are left out take none."""

BYTES_A_BYTE = 5
"""Bytes in memory for each byte of a chunk that Pillow keeps."""

LARGEST_PROFILE = 2**20
"""Bytes; Pillow refuses a file with a larger one, which browsers show."""

PIXELS, END = (b"IDAT", b"fdAT"), b"IEND"
TRANSPARENCY, PROFILE, EXIF = b"tRNS", b"iCCP", b"eXIf"

ANIMATION, FRAME = b"acTL", b"fcTL"
FRAMES, ONCE = (ANIMATION, FRAME, b"fdAT"), (TRANSPARENCY, PROFILE, EXIF)
"""Ancillary chunks that change what is seen: those of an animation, and those of which the first
before the pixels counts, if it is whole. All others, texts among them, are left out."""

LEAST_TRANSPARENCY = {0: 2, 2: 6}
"""Bytes that a transparent colour takes, by the PNG's colour type: grey, and RGB."""

COLOUR_AT = 25
"""The position of the colour type."""

ANCILLARY = 0x20
"""The bit of a kind's first letter by which a decoder may ignore the chunk."""

SIGNATURE_LENGTH = 8


class Chunk(NamedTuple):
    """`start` is the position of its length, `stop` that after its checksum."""

    kind: bytes
    start: int
    stop: int


def parse(data: bytes) -> Structure:
    """Raises PictureTooLarge for more than MOST_CHUNKS."""
    kept, metadata = [range(SIGNATURE_LENGTH)], 0
    colours: dict[bytes, bytes] = {}
    before: set[bytes] = set()
    has_frames = FRAME in data
    for chunk in _chunks(data):
        is_hidden = has_frames and ANIMATION in before and FRAME not in before
        if is_hidden and chunk.kind == b"IDAT":
            pass  # a picture for viewers that show no animations
        elif _is_wanted(data, chunk, before):
            append(kept, range(chunk.start, chunk.stop))
            metadata += BYTES_A_CHUNK + _bytes_kept(chunk)
        elif before.isdisjoint(PIXELS) and _says_colours(data, chunk):
            colours.setdefault(chunk.kind, _content(data, chunk))
        before.add(chunk.kind)
    return Structure(
        length=len(data),
        metadata=metadata,
        code_points=png_colours.code_points(colours),
        gamma=png_colours.gamma(colours),
        chromaticities=png_colours.chromaticities(colours),
        kept=tuple(kept),
    )


def _chunks(data: bytes) -> Iterator[Chunk]:
    """All of them up to the end, or up to the damage."""
    position, count = SIGNATURE_LENGTH, 0
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4])
        kind = data[position + 4 : position + 8]
        count += 1
        require(count, MOST_CHUNKS, "chunks")
        yield Chunk(kind, position, min(position + 12 + length, len(data)))
        if kind == END:
            return
        position += 12 + length


def _is_wanted(data: bytes, chunk: Chunk, before: Set[bytes]) -> bool:
    """Whether it goes to the decoder, where chunks of these kinds stand `before` it."""
    if chunk.kind in FRAMES or not chunk.kind[0] & ANCILLARY:
        return True
    if chunk.kind not in ONCE or chunk.kind in before or not before.isdisjoint(PIXELS):
        return False
    if chunk.kind == PROFILE and not _is_profile(data, chunk):
        return False
    if chunk.kind == TRANSPARENCY and _length(chunk) < LEAST_TRANSPARENCY.get(data[COLOUR_AT], 1):
        return False
    return _is_whole(data, chunk)


def _says_colours(data: bytes, chunk: Chunk) -> bool:
    return png_colours.LENGTHS.get(chunk.kind) == _length(chunk) and _is_whole(data, chunk)


def _length(chunk: Chunk) -> int:
    """Bytes of its content."""
    return chunk.stop - chunk.start - 12


def _content(data: bytes, chunk: Chunk) -> bytes:
    return data[chunk.start + 8 : chunk.stop - 4]


def _is_whole(data: bytes, chunk: Chunk) -> bool:
    """Whether its checksum is right."""
    check = int.from_bytes(data[chunk.stop - 4 : chunk.stop])
    return zlib.crc32(memoryview(data)[chunk.start + 4 : chunk.stop - 4]) == check


def _is_profile(data: bytes, chunk: Chunk) -> bool:
    """Whether Pillow opens a file with this iCCP: a name, a zero, method 0, compressed bytes."""
    if _length(chunk) > LARGEST_PROFILE:
        return False
    _, _, packed = _content(data, chunk).partition(b"\0")
    if not packed.startswith(b"\0"):
        return False
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(packed[1:], LARGEST_PROFILE)
    except zlib.error:
        return False
    return not unpacker.unconsumed_tail


def _bytes_kept(chunk: Chunk) -> int:
    """The most bytes that Pillow keeps of its content."""
    if chunk.kind in PIXELS:
        return 0
    profile = 2 * LARGEST_PROFILE if chunk.kind == PROFILE else 0
    return BYTES_A_BYTE * _length(chunk) + profile
