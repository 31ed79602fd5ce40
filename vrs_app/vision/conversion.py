"""What converts a picture's colours to sRGB, and whether it changes any."""

from typing import Protocol

import numpy as np
from PIL import Image

LEAST_DIFFERENCE = 2
"""The most that a value 0 to 255 may change by a conversion that counts as none."""


class Conversion(Protocol):
    """Converts pictures of one `mode` (RGB, L, CMYK or LAB) to RGB in sRGB."""

    @property
    def mode(self) -> str: ...

    def apply(self, image: Image.Image) -> Image.Image: ...


def changes_colours(conversion: Conversion) -> bool:
    """Whether it changes any of a few hundred colours visibly; true of inks and CIELAB."""
    if conversion.mode not in ("RGB", "L"):
        return True
    samples = _samples(conversion.mode)
    before = np.asarray(samples.convert("RGB"), dtype=np.int16)
    after = np.asarray(conversion.apply(samples), dtype=np.int16)
    return bool(np.abs(after - before).max() > LEAST_DIFFERENCE)


def _samples(mode: str) -> Image.Image:
    """A picture of evenly spaced colours: 256 greys, or 9 × 9 × 9 of RGB."""
    if mode == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    levels = np.linspace(0, 255, 9).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1)
    return Image.fromarray(grid.reshape(1, -1, 3))
