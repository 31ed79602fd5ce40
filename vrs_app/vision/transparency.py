"""The transparent colour of a PNG of other depths than eight bits."""

from PIL import Image
from PIL.ImageFile import ImageFile

FACTORS = {"L;2": 255 // 3, "L;4": 255 // 15}
"""What Pillow multiplies greys of two and four bits with, but not their transparent one."""

DEEP = ("RGB;16B", "I;16B")
"""The formats of 16 bits a channel."""


def is_scaled(image: Image.Image) -> bool:
    """Whether an opened picture has a transparent colour that Pillow takes for another one."""
    return "transparency" in image.info and _layout(image) in (*FACTORS, *DEEP)


def scale_transparency(image: Image.Image) -> None:
    """Make an opened picture's transparent colour one of its pixels' values, as Pillow does not.

    Of 16 bits a channel all colours become transparent that are alike in their upper eight.
    """
    clear, layout = image.info.get("transparency"), _layout(image)
    if isinstance(clear, int) and layout in FACTORS:
        image.info["transparency"] = min(255, clear * FACTORS[layout])
    elif isinstance(clear, tuple) and layout in DEEP:
        image.info["transparency"] = tuple(value >> 8 for value in clear)


def _layout(image: Image.Image) -> object:
    """How the pixels are stored in the file, by Pillow's name; None where it has none."""
    tiles = image.tile if isinstance(image, ImageFile) else []
    return tiles[0].args if len(tiles) == 1 else None
