"""The run lengths of a BMP."""

from .structure import Structure, require

MOST_RUNS = 500_000
"""Pillow decodes each run in Python, a microsecond at least; uncompressed BMPs have none."""

PIXELS_AT, COMPRESSION_AT = 10, 30
RUN_LENGTHS = (1, 2)
BYTES_A_RUN = 2


def parse(data: bytes) -> Structure:
    """Raises PictureTooLarge for more than MOST_RUNS; any two bytes may encode a run."""
    if _number(data, COMPRESSION_AT) in RUN_LENGTHS:
        pixels = max(0, len(data) - _number(data, PIXELS_AT))
        require(pixels // BYTES_A_RUN, MOST_RUNS, "runs")
    return Structure(length=len(data))


def _number(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "little")
