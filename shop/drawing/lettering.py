"""Large printed numbers."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .viewport import Field, Patch

DESIGN = 240  # pixels of the master drawing
SPACE = 34  # between the digits, so that their thick strokes do not meet


@lru_cache(maxsize=64)
def _master(number: str, bold: int) -> Image.Image:
    font = ImageFont.load_default(size=DESIGN)
    picture = Image.new("L", (DESIGN * (len(number) + 1), DESIGN * 2))
    pen = ImageDraw.Draw(picture)
    x = 60.0
    for digit in number:
        pen.text((x, 40), digit, fill=255, font=font, stroke_width=bold)
        x += font.getlength(digit) + SPACE
    return picture.crop(picture.getbbox())


def _stamp(number: str, spot: tuple[float, float, float], patch: Patch, bold: int) -> Field:
    master = _master(number, bold)
    plain = _master(number, 14)
    scale = spot[2] * patch.view.scale / plain.height
    size = max(round(master.width * scale), 1), max(round(master.height * scale), 1)
    ((x, y),) = patch.points(((spot[0], spot[1]),), 1.0)
    cover = Image.new("L", patch.size)
    cover.paste(
        master.resize(size, Image.Resampling.LANCZOS),
        (round(x - size[0] / 2), round(y - size[1] / 2)),
    )
    return np.asarray(cover, dtype=np.float32) / np.float32(255)


def number_masks(
    number: str, spot: tuple[float, float, float], patch: Patch
) -> tuple[Field, Field]:
    """Coverage of the outline and of the digits; `spot` is the centre and the height."""
    return _stamp(number, spot, patch, 24), _stamp(number, spot, patch, 14)
