"""The frames and blocks of a GIF."""

from .structure import Structure, require

MOST_BLOCKS = 200_000
"""A GIF of 25 MB of pixels has 100,000."""

BYTES_A_BLOCK = 60
"""Bytes that Pillow keeps of each block of a comment."""

EXTENSION, FRAME, END = b"!", b",", b";"
COMMENT = 0xFE


def parse(data: bytes) -> Structure:
    """Counts frames and blocks as Pillow does, which skips bytes that begin no block.

    Raises PictureTooLarge for more than MOST_BLOCKS.
    """
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
    """The length in bytes of the colour table that the flags at this position declare."""
    flags = data[flags_at] if flags_at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 128 else 0


def _after_label(data: bytes, position: int) -> int:
    """The position of an extension's next block.

    Pillow reads the first block of any extension but a comment even where it is empty.
    """
    is_comment = data[position : position + 1] == bytes([COMMENT])
    first = data[position + 1] if position + 1 < len(data) else 0
    return position + 1 if is_comment else position + 2 + first


def _after_blocks(data: bytes, position: int) -> tuple[int, int]:
    """The position after a sequence of blocks, and how many there are."""
    count = 0
    while position < len(data) and data[position] and count <= MOST_BLOCKS:
        position += 1 + data[position]
        count += 1
    return position + 1, count
