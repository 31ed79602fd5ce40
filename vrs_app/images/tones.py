"""From any mode that Pillow knows to RGB on white, in strips, for the sake of memory."""

import numpy as np
from PIL import Image

from ..exceptions import PictureDamaged

# Large pictures are made RGB so many pixels at a time: each copy of a whole one at 50
# million pixels would take 200 MB.
STRIP_PIXELS = 1_000_000


def on_white(image: Image.Image, factor: int) -> Image.Image:
    """RGB, white where the picture is transparent, with sides `factor` times shorter."""
    if image.mode == "RGB" and factor == 1 and not image.has_transparency_data:
        return image
    top = _brightest(image)
    width, height = image.size
    whole = Image.new("RGB", (-(-width // factor), -(-height // factor)), "white")
    rows = max(1, STRIP_PIXELS // (width * factor)) * factor
    for y in range(0, height, rows):
        strip = _rgb(image.crop((0, y, width, min(y + rows, height))), top)
        whole.paste(strip.reduce(factor), (0, y // factor))
    return whole


def _rgb(image: Image.Image, top: float) -> Image.Image:
    """RGB on white; where the picture has deep greys, `top` is its white."""
    if _is_deep(image):
        image = _eight_bits(image, top)
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


def _eight_bits(image: Image.Image, top: float) -> Image.Image:
    """Deep greys scaled to 0 to 255, not clipped."""
    values = np.asarray(image, dtype=np.float32)
    if not np.isfinite(values).all():
        raise PictureDamaged("values that are not numbers")
    return Image.fromarray((values.clip(0) * (255 / top)).astype(np.uint8))
