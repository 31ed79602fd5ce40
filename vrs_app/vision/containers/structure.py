"""What the parsers of all formats return."""

from dataclasses import dataclass

from ...exceptions import PictureTooLarge


@dataclass(frozen=True, kw_only=True)
class CodePoints:
    """Colour primaries and transfer function of a file, by their numbers in ITU-T H.273.

    PNG has them in a cICP chunk, AVIF and HEIC in a colr box of type nclx.
    """

    primaries: int
    transfer: int


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What a file holds beside its pixels.

    `length`: bytes of the file. `metadata`: the most bytes that opening it takes besides.
    `frames`: of a GIF, None for other formats. `components`: in a JPEG's first scan, 0 where
    unknown. `block`: pixels of a TIFF's tile, or of the largest picture or tile in an AVIF or
    HEIC, which are decoded at once; 0 where unknown. `chroma` and `bits`: of AVIF and HEIC, how
    samples are stored at most, by ITU-T H.265's chroma_format_idc (1 for 4:2:0) and bits a sample.
    `is_lossless`: of a JPEG, which then decodes at its full size only. `is_tiled`: of AVIF and
    HEIC, which hold less at once then. `is_cut_short`: of a HEIC whose pixels are not all there,
    which its decoder passes over. `code_points`: of PNG, AVIF and HEIC; they come before an ICC
    profile. `gamma` and `chromaticities` (x and y of white, red, green and blue): of a PNG's gAMA
    and cHRM, which count where there is no ICC profile, code points or sRGB chunk. `kept`: the
    parts of the file that are to be decoded, where some are not. `added`: the bytes at its end
    that it lacks.
    """

    length: int
    metadata: int = 0
    frames: int | None = None
    components: int = 0
    block: int = 0
    chroma: int = 0
    bits: int = 8
    is_lossless: bool = False
    is_tiled: bool = False
    is_cut_short: bool = False
    code_points: CodePoints | None = None
    gamma: float | None = None
    chromaticities: tuple[float, ...] | None = None
    kept: tuple[range, ...] = ()
    added: bytes = b""


def require(count: int, most: int, parts: str) -> None:
    """Raise PictureTooLarge if `count` exceeds `most`; `parts` names what is counted."""
    if count > most:
        raise PictureTooLarge(f"more than {most:,} {parts}")
