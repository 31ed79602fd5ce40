"""What is told of a file's structure."""

from dataclasses import dataclass

from ...exceptions import PictureTooLarge


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What a file holds beside its pixels.

    `length` is the file's and `metadata` what opening it takes besides, in bytes;
    `components` are those in a JPEG's first scan, 0 where that cannot be told; `block` is
    how many pixels of a TIFF are decoded at once where it has tiles; a JPEG `is_lossless` where
    it can be decoded at its own size only.
    """

    length: int
    metadata: int = 0
    frames: int | None = None
    components: int = 0
    block: int = 0
    is_lossless: bool = False


def require(count: int, most: int, parts: str) -> None:
    """Raises PictureTooLarge where there are more than `most`."""
    if count > most:
        raise PictureTooLarge(f"more than {most:,} {parts}")
