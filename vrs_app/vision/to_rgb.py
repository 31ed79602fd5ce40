"""Converting a picture of any Pillow mode to sRGB on white, tile by tile to save memory."""

from itertools import product

import numpy as np
from PIL import Image

from ..exceptions import PictureDamaged
from . import colour_encoding, colour_profiles
from .containers import Structure
from .conversion import Conversion

TILE_PIXELS = 250_000
"""Pixels that are converted at a time; a copy of a whole picture of 50 million takes 200 MB."""


def conversion_to_srgb(image: Image.Image, structure: Structure) -> Conversion | None:
    """How an opened picture's colours become sRGB; None where they are, or nothing says more.

    Code points come before an ICC profile, which comes before gamma, as in PNG (third edition).
    """
    is_encoded = colour_profiles.base_mode(image.mode) in ("RGB", "L")
    encoding = colour_encoding.conversion_of(structure) if is_encoded else None
    if is_encoded and colour_encoding.is_known(structure.code_points):
        return encoding
    return colour_profiles.conversion_of(image) or encoding


def rgb_on_white(
    image: Image.Image,
    factors: tuple[int, int],
    part: tuple[int, int, int, int] | None = None,
    conversion: Conversion | None = None,
) -> Image.Image:
    """`image` as sRGB, transparency composited on white, its sides divided by `factors`.

    `part` crops it first: left, top, right, bottom in pixels. `conversion` is that of its
    colours to sRGB, if they need one.
    """
    whole = (0, 0, *image.size)
    left, top, right, bottom = part or whole
    is_plain = image.mode == "RGB" and not image.has_transparency_data and not conversion
    if is_plain and factors == (1, 1):
        return image if part in (None, whole) else image.crop(part)
    across, down = factors
    white = _white_level(image)
    reduced = Image.new("RGB", (-(-(right - left) // across), -(-(bottom - top) // down)), "white")
    rows = max(1, TILE_PIXELS // ((right - left) * down)) * down
    columns = max(1, TILE_PIXELS // (rows * across)) * across
    for y, x in product(range(top, bottom, rows), range(left, right, columns)):
        tile = image.crop((x, y, min(x + columns, right), min(y + rows, bottom)))
        place = (x - left) // across, (y - top) // down
        reduced.paste(_reduced_rgb(tile, white, factors, conversion), place)
    return reduced


def _reduced_rgb(
    image: Image.Image, white: float, factors: tuple[int, int], conversion: Conversion | None
) -> Image.Image:
    """`image` as sRGB on white, reduced; `white` is the level of white of high bit depth greys."""
    if _is_high_bit_depth(image):
        image = _eight_bits(image, white)
    if image.has_transparency_data:
        return _on_white(image, conversion).reduce(factors)
    if conversion is None:
        return image.convert("RGB").reduce(factors)
    return conversion.apply(image.convert(conversion.mode).reduce(factors))


def _on_white(image: Image.Image, conversion: Conversion | None) -> Image.Image:
    """`image`, which has transparency, in sRGB and composited on white."""
    with_alpha = image.convert("RGBA")
    if conversion is not None:
        colours = with_alpha.convert("RGB").convert(conversion.mode)
        alpha = with_alpha.getchannel("A")
        with_alpha = conversion.apply(colours)
        with_alpha.putalpha(alpha)
    on_white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(on_white, with_alpha).convert("RGB")


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
