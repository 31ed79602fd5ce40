"""What the parsers of all formats return."""

from dataclasses import dataclass

from ...exceptions import PictureTooLarge


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What a file holds beside its pixels.

    `length`: bytes of the file. `metadata`: the most bytes that opening it takes besides.
    `frames`: of a GIF, None for other formats. `components`: in a JPEG's first scan, 0 where
    unknown. `block`: pixels of a TIFF's tile, which are decoded at once; 0 without tiles.
    `is_lossless`: of a JPEG, which then decodes at its full size only.
    """

    length: int
    metadata: int = 0
    frames: int | None = None
    components: int = 0
    block: int = 0
    is_lossless: bool = False


def require(count: int, most: int, parts: str) -> None:
    """Raise PictureTooLarge if `count` exceeds `most`; `parts` names what is counted."""
    if count > most:
        raise PictureTooLarge(f"more than {most:,} {parts}")
