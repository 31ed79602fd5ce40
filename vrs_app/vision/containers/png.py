"""The chunks of a PNG."""

from .structure import Structure, require

MOST_CHUNKS = 50_000
"""Usual encoders write 3,000 in 25 MB."""

BYTES_A_CHUNK = 600
"""Bytes that Pillow keeps of an unknown chunk or a short text."""

COPIES = 5
"""Bytes in memory for each byte of a text: Pillow decodes it to up to four bytes a character."""

LARGEST_TEXT = 5 * 2**20
"""Bytes in memory of one compressed text: Pillow decompresses up to a megabyte of each."""

PIXELS, COMPRESSED, END = (b"IDAT", b"fdAT"), (b"zTXt", b"iTXt", b"iCCP"), b"IEND"


def parse(data: bytes) -> Structure:
    """Raises PictureTooLarge for more than MOST_CHUNKS."""
    position, chunks, metadata = 8, 0, 0
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4])
        kind = data[position + 4 : position + 8]
        chunks += 1
        require(chunks, MOST_CHUNKS, "chunks")
        metadata += BYTES_A_CHUNK + _bytes_kept(kind, min(length, len(data) - position))
        if kind == END:
            break
        position += 12 + length
    return Structure(length=len(data), metadata=metadata)


def _bytes_kept(kind: bytes, length: int) -> int:
    """The most bytes that Pillow keeps of the content of a chunk of `length` bytes."""
    if kind in PIXELS:
        return 0
    return COPIES * length + (LARGEST_TEXT if kind in COMPRESSED else 0)
