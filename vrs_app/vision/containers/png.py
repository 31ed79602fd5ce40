"""A PNG's chunks."""

from .structure import Structure, require

MOST_CHUNKS = 50_000
"""The usual writers make 3,000 of 25 MB."""

BYTES_A_CHUNK = 600
"""What Pillow keeps of a chunk that it does not know, or of a short text."""

COPIES = 5
"""Of a text, of which Pillow makes characters that may take four bytes each."""

LARGEST_TEXT = 5 * 2**20
"""What one compressed text may become: Pillow reads a megabyte of each."""

PIXELS, COMPRESSED, END = (b"IDAT", b"fdAT"), (b"zTXt", b"iTXt", b"iCCP"), b"IEND"


def walk(data: bytes) -> Structure:
    position, chunks, metadata = 8, 0, 0
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4])
        kind = data[position + 4 : position + 8]
        chunks += 1
        require(chunks, MOST_CHUNKS, "chunks")
        metadata += BYTES_A_CHUNK + _kept(kind, min(length, len(data) - position))
        if kind == END:
            break
        position += 12 + length
    return Structure(length=len(data), metadata=metadata)


def _kept(kind: bytes, length: int) -> int:
    if kind in PIXELS:
        return 0
    return COPIES * length + (LARGEST_TEXT if kind in COMPRESSED else 0)
