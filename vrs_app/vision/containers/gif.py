"""A GIF's frames and blocks."""

from .structure import Structure, require

MOST_BLOCKS = 200_000
"""A file of 25 MB that is all pixels has 100,000."""

BYTES_A_BLOCK = 60
"""What Pillow keeps of a block of a comment."""

EXTENSION, FRAME, END = b"!", b",", b";"
COMMENT = 0xFE


def walk(data: bytes) -> Structure:
    """As Pillow does, which passes over any byte that begins nothing."""
    position = 13 + _palette(data, 10)
    frames, blocks = 0, 0
    while position < len(data) and (begins := data[position : position + 1]) != END:
        position += 1
        blocks += 1
        if begins == FRAME:
            frames += 1
            position += 10 + _palette(data, position + 8)
        elif begins == EXTENSION:
            position = _after_label(data, position)
        if begins in (FRAME, EXTENSION):
            position, count = _after_blocks(data, position)
            blocks += count
        require(blocks, MOST_BLOCKS, "blocks")
    return Structure(length=len(data), metadata=BYTES_A_BLOCK * blocks, frames=max(1, frames))


def _palette(data: bytes, flags_at: int) -> int:
    """Bytes of the palette that the flags there announce."""
    flags = data[flags_at] if flags_at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 128 else 0


def _after_label(data: bytes, position: int) -> int:
    """Pillow takes the first block of an extension for one even where it is empty."""
    is_comment = data[position : position + 1] == bytes([COMMENT])
    first = data[position + 1] if position + 1 < len(data) else 0
    return position + 1 if is_comment else position + 2 + first


def _after_blocks(data: bytes, position: int) -> tuple[int, int]:
    """Where a row of blocks ends, and how many there are."""
    count = 0
    while position < len(data) and data[position] and count <= MOST_BLOCKS:
        position += 1 + data[position]
        count += 1
    return position + 1, count
