"""The fine texture of fabrics: how each thread catches the light, around 1.0."""

from functools import lru_cache

import numpy as np
from PIL import Image

from .chance import seeded
from .viewport import HEIGHT, WIDTH, Field

TAU = 2 * np.pi
# amplitude of the grain, and how long its threads are across and down
GRAINS: dict[str, tuple[float, int, int]] = {
    "cotton": (0.10, 3, 3),
    "linen": (0.22, 9, 7),
    "denim": (0.20, 2, 7),
    "wool": (0.20, 3, 3),
    "knit": (0.10, 2, 2),
    "satin": (0.05, 9, 2),
    "leather": (0.11, 3, 3),
    "canvas": (0.18, 3, 4),
    "straw": (0.16, 7, 2),
}


def grain(fabric: str, scale: float) -> Field:
    """Noise of the size of a picture; two sizes of thread do, and can be kept."""
    return _grain(fabric, 1.0 if scale < 1.6 else 2.2)


@lru_cache(maxsize=24)
def _grain(fabric: str, scale: float) -> Field:
    amplitude, across, down = GRAINS[fabric]
    columns, rows = int(WIDTH / scale) + 16, int(HEIGHT / scale) + 16
    raw = seeded(f"grain of {fabric}").randbytes(columns * rows)
    pixels = np.frombuffer(raw, dtype=np.uint8).reshape(rows, columns)
    noise = pixels.astype(np.float32) / np.float32(255) - np.float32(0.5)
    smooth = np.zeros((rows, columns), dtype=np.float32)
    for step in range(across):
        smooth += np.roll(noise, step, axis=1) / np.float32(across)
    threads = np.zeros((rows, columns), dtype=np.float32)
    for step in range(down):
        threads += np.roll(noise[::-1], step, axis=0) / np.float32(down)
    picture = Image.fromarray((smooth + threads) * np.float32(amplitude / 2))
    region = (0.0, 0.0, WIDTH / scale, HEIGHT / scale)
    sized = picture.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box=region)
    return np.asarray(sized, dtype=np.float32) + np.float32(1)


def _knit(u: Field, v: Field) -> Field:
    wale = np.abs((u / 9.0) % 1.0 - 0.5)
    stitch = np.sin((v / 8.0 + 1.4 * wale) * TAU)
    return np.asarray(1 + 0.055 * stitch - 0.16 * (wale > 0.43), dtype=np.float32)


def structure(fabric: str, u: Field, v: Field) -> Field | None:
    """The regular part of a texture in cloth coordinates, for fabrics that have one."""
    if fabric == "knit":
        return _knit(u, v)
    if fabric == "denim":
        return np.asarray(1 + 0.05 * np.sin((u + v) * (TAU / 4.2)), dtype=np.float32)
    if fabric == "straw":
        return np.asarray(1 + 0.10 * np.sin(v * (TAU / 9.0)), dtype=np.float32)
    return None


def ribs(u: Field, period: float) -> Field:
    """The vertical ribs of a knitted cuff or neckband."""
    return np.asarray(1 + 0.13 * np.sin(u * (TAU / period)), dtype=np.float32)
