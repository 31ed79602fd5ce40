"""Converting a picture of any Pillow mode to RGB on white, tile by tile to save memory."""

from itertools import product

import numpy as np
from PIL import Image

from ..exceptions import PictureDamaged

TILE_PIXELS = 250_000
"""Pixels that are converted at a time; a copy of a whole picture of 50 million takes 200 MB."""


def rgb_on_white(
    image: Image.Image, factors: tuple[int, int], part: tuple[int, int, int, int] | None = None
) -> Image.Image:
    """`image` as RGB, transparency composited on white, its sides divided by `factors`.

    `part` crops it first: left, top, right, bottom in pixels.
    """
    whole = (0, 0, *image.size)
    left, top, right, bottom = part or whole
    if image.mode == "RGB" and factors == (1, 1) and not image.has_transparency_data:
        return image if part in (None, whole) else image.crop(part)
    across, down = factors
    white = _white_level(image)
    reduced = Image.new("RGB", (-(-(right - left) // across), -(-(bottom - top) // down)), "white")
    rows = max(1, TILE_PIXELS // ((right - left) * down)) * down
    columns = max(1, TILE_PIXELS // (rows * across)) * across
    for y, x in product(range(top, bottom, rows), range(left, right, columns)):
        tile = image.crop((x, y, min(x + columns, right), min(y + rows, bottom)))
        place = (x - left) // across, (y - top) // down
        reduced.paste(_rgb(tile, white).reduce(factors), place)
    return reduced


def _rgb(image: Image.Image, white: float) -> Image.Image:
    """`image` as RGB on white; `white` is the level of white of high bit depth greys."""
    if _is_high_bit_depth(image):
        image = _eight_bits(image, white)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _is_high_bit_depth(image: Image.Image) -> bool:
    """Whether it is grey with 16 or 32 bits a pixel, which Pillow's `convert` would clip."""
    return image.mode.startswith(("I", "F"))


def _white_level(image: Image.Image) -> float:
    """The value of white in a high bit depth grey picture; meaningless in any other."""
    usual = 1.0 if image.mode == "F" else 65_535
    if image.mode not in ("I", "F"):
        return usual
    _, found = image.getextrema()
    assert isinstance(found, int | float)
    return max(usual, found)


def _eight_bits(image: Image.Image, white: float) -> Image.Image:
    """High bit depth greys, 0 to `white`, scaled to 0 to 255; raises PictureDamaged for NaN."""
    values = np.asarray(image, dtype=np.float32)
    if not np.isfinite(values).all():
        raise PictureDamaged("values that are not numbers")
    grey = Image.fromarray((values.clip(0) * (255 / white)).astype(np.uint8))
    if isinstance(clear := image.info.get("transparency"), int):
        grey.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    return grey
