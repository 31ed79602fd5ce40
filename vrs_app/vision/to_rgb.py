"""From any mode that Pillow knows to RGB on white, tile by tile, for the sake of memory."""

from itertools import product

import numpy as np
from PIL import Image

from ..exceptions import PictureDamaged

# Large pictures are made RGB so many pixels at a time: each copy of a whole one at 50
# million pixels would take 200 MB.
TILE_PIXELS = 250_000


def on_white(
    image: Image.Image, factors: tuple[int, int], part: tuple[int, int, int, int] | None = None
) -> Image.Image:
    """RGB, white where the picture is transparent, with sides shorter by `factors`.

    `part` is all that is taken of it: left, top, right, bottom in pixels.
    """
    whole = (0, 0, *image.size)
    left, top, right, bottom = part or whole
    if image.mode == "RGB" and factors == (1, 1) and not image.has_transparency_data:
        return image if part in (None, whole) else image.crop(part)
    across, down = factors
    brightest = _brightest(image)
    reduced = Image.new("RGB", (-(-(right - left) // across), -(-(bottom - top) // down)), "white")
    rows = max(1, TILE_PIXELS // ((right - left) * down)) * down
    columns = max(1, TILE_PIXELS // (rows * across)) * across
    for y, x in product(range(top, bottom, rows), range(left, right, columns)):
        tile = image.crop((x, y, min(x + columns, right), min(y + rows, bottom)))
        place = (x - left) // across, (y - top) // down
        reduced.paste(_rgb(tile, brightest).reduce(factors), place)
    return reduced


def _rgb(image: Image.Image, brightest: float) -> Image.Image:
    """RGB on white; where the picture has deep greys, `brightest` is its white."""
    if _is_deep(image):
        image = _eight_bits(image, brightest)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _is_deep(image: Image.Image) -> bool:
    """Whether it is a grey picture of 16 or 32 bits a pixel, which Pillow would clip."""
    return image.mode.startswith(("I", "F"))


def _brightest(image: Image.Image) -> float:
    """What stands for white in a deep grey picture; of no meaning in any other."""
    usual = 1.0 if image.mode == "F" else 65_535
    if image.mode not in ("I", "F"):
        return usual
    _, found = image.getextrema()
    assert isinstance(found, int | float)
    return max(usual, found)


def _eight_bits(image: Image.Image, brightest: float) -> Image.Image:
    """Deep greys scaled to 0 to 255, not clipped."""
    values = np.asarray(image, dtype=np.float32)
    if not np.isfinite(values).all():
        raise PictureDamaged("values that are not numbers")
    return Image.fromarray((values.clip(0) * (255 / brightest)).astype(np.uint8))
