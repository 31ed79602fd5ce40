"""The studio: a softly lit wall and the shadow that a garment drops on it."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .panels import Sketch
from .viewport import HEIGHT, WIDTH, Field, Viewport

TINTS = (
    (243, 241, 237),
    (240, 241, 243),
    (244, 240, 235),
    (239, 242, 240),
    (243, 239, 240),
)
SMALL = 4


@lru_cache(maxsize=16)
def wall(tint: int, standing: bool) -> Field:
    """An empty picture, shape (3, height, width), brighter to the upper left.

    Things that stand get a floor.
    """
    x = np.linspace(0, 1, WIDTH, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    glow = np.exp(-((x - 0.40) ** 2 / 0.5 + (y - 0.36) ** 2 / 0.42))
    light = 0.905 + 0.115 * glow
    if standing:
        floor = np.clip((y - 0.63) / 0.10, 0, 1)
        light = light - 0.035 * floor * floor * (3 - 2 * floor) * (1.4 - y)
    picture = light * np.asarray(TINTS[tint], dtype=np.float32)[:, None, None]
    return np.clip(picture, 0, 255).astype(np.float32)


def _soft(mask: Image.Image, move: tuple[float, float], radius: float) -> Field:
    moved = mask.transform(
        mask.size,
        Image.Transform.AFFINE,
        (1, 0, -move[0] / SMALL, 0, 1, -move[1] / SMALL),
        Image.Resampling.BILINEAR,
    )
    soft = moved.filter(ImageFilter.GaussianBlur(radius / SMALL))
    full = soft.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return np.asarray(full, dtype=np.float32) / np.float32(255)


def _silhouette(sketch: Sketch, view: Viewport) -> Image.Image:
    mask = Image.new("L", (WIDTH // SMALL, HEIGHT // SMALL))
    pen = ImageDraw.Draw(mask)
    for panel in sketch.panels:
        placed = view.place(panel.outline) / SMALL
        pen.polygon([(float(x), float(y)) for x, y in placed], fill=255)
    return mask


def _under(mask: Image.Image) -> Image.Image:
    """A standing thing's silhouette, lying flat along its lower edge."""
    bounds = mask.getbbox()
    if bounds is None:
        return mask
    left, top, right, bottom = bounds
    flat = Image.new("L", mask.size)
    height = max((bottom - top) // 7, 2)
    shape = mask.crop(bounds).resize((right - left, height))
    flat.paste(shape, (left, bottom - round(height * 0.72)))
    return flat


def shadow(sketch: Sketch, view: Viewport) -> Field:
    """How much light the garment takes from the wall, as a factor for each pixel."""
    mask = _silhouette(sketch, view)
    zoom = view.scale
    if sketch.standing:
        flat = _under(mask)
        dark = 0.50 * _soft(flat, (4, 2), 9 * zoom) + 0.30 * _soft(flat, (22, 6), 30 * zoom)
    else:
        dark = 0.26 * _soft(mask, (5 * zoom, 8 * zoom), 7 * zoom)
        dark += 0.22 * _soft(mask, (16 * zoom, 26 * zoom), 26 * zoom)
    return np.asarray(1 - np.clip(dark, 0, 0.75), dtype=np.float32)
