"""The last rows of a JPEG that ends early, which browsers show as far as it goes."""

from collections.abc import Iterator

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from ..exceptions import PictureDamaged
from .containers import Structure

FILLING = range(127, 129)
"""What libjpeg fills missing blocks with: middle grey in each channel, some of them inverted."""

BLOCKS = 16
"""Rows of a JPEG that are encoded together, at most."""

MIXED = 1
"""Rows above those that are filled, of which scaling up the colours has mixed some grey in."""

MOST_MISSING = 1 / 8
"""Share of the rows that may be missing; or one row of blocks, where that is more."""

WHITE: dict[str, float | tuple[float, ...]] = {
    "L": 255,
    "RGB": (255, 255, 255),
    "CMYK": (0, 0, 0, 0),
}


def whiten_missing(image: Image.Image, structure: Structure) -> None:
    """Make the rows white that a decoded JPEG lacks; raises PictureDamaged if they are many."""
    if not (isinstance(image, JpegImageFile) and structure.added) or "progressive" in image.info:
        return
    most = max(BLOCKS, int(image.height * MOST_MISSING))
    missing = _missing_rows(image, most + 1)
    if missing > most:
        raise PictureDamaged("cut short")
    if missing:
        image.paste(WHITE[image.mode], (0, image.height - missing - MIXED, *image.size))


def _missing_rows(image: Image.Image, most: int) -> int:
    """Rows at the bottom that are filled, the uppermost at their end alone; not above `most`."""
    missing = partly = 0
    for row in _rows_upwards(image):
        if missing >= most or partly >= BLOCKS or not _is_filled(row.crop(_end(row))):
            break
        partly = partly + 1 if partly or not _is_filled(row) else 0
        missing += 1
    return missing


def _rows_upwards(image: Image.Image) -> Iterator[Image.Image]:
    for y in reversed(range(image.height)):
        yield image.crop((0, y, image.width, y + 1))


def _end(row: Image.Image) -> tuple[int, int, int, int]:
    return row.width - 1, 0, row.width, 1


def _is_filled(image: Image.Image) -> bool:
    extrema = image.getextrema()
    ranges = extrema if isinstance(extrema[0], tuple) else (extrema,)
    return all(least in FILLING and most in FILLING for least, most in ranges)
