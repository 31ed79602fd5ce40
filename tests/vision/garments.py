"""Pictures of clothes drawn in memory: cloth on a wall, lit unevenly."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vrs_app.vision import Pixels

SIDE = 224
BODY = (60, 40, 164, 200)
"""Left, top, right, bottom of the garment, in pixels."""


def garment(colour: str, wall: str = "#e9e6e1", stripes: str | None = None) -> Pixels:
    """A shirt-like shape of `colour`, shaded by a third from left to right."""
    picture = Image.new("RGB", (SIDE, SIDE), wall)
    draw = ImageDraw.Draw(picture)
    draw.rectangle(BODY, fill=colour)
    draw.polygon([(60, 40), (20, 110), (48, 124), (70, 80)], fill=colour)
    draw.polygon([(164, 40), (204, 110), (176, 124), (154, 80)], fill=colour)
    if stripes:
        for y in range(BODY[1], BODY[3], 24):
            draw.rectangle((BODY[0], y, BODY[2], y + 9), fill=stripes)
    return shaded(np.asarray(picture))


def shaded(pixels: NDArray[np.uint8]) -> Pixels:
    """Light that falls off by a third, with a little of a camera's noise."""
    light = np.linspace(1.0, 0.67, pixels.shape[1])[None, :, None]
    noise = np.random.default_rng(1).normal(0, 3, pixels.shape)
    return np.clip(pixels * light + noise, 0, 255).astype(np.uint8)
