"""What is woven into or printed on the cloth, in cloth coordinates (u across, v down)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .flowers import TILE, ZOOM, flower_tile
from .palette import Colour
from .viewport import Field

PATTERNS = ("plain", "stripes", "dots", "checks", "floral", "number")


@dataclass(frozen=True, kw_only=True)
class Cloth:
    """The stuff of a garment: `ground` is the colour it is named after."""

    ground: Colour
    figure: Colour
    pattern: str
    variant: str = ""
    fabric: str = "cotton"


def _bands(at: Field, period: float, share: float, edge: float, start: float = 0.0) -> Field:
    """Coverage, 0 to 1, by bands that take `share` of each period; one is centred on 0."""
    distance = np.abs((at / period - start + 0.5) % 1.0 - 0.5) * period
    return np.asarray(np.clip((share * period / 2 - distance) / edge + 0.5, 0, 1), np.float32)


def _stripes(cloth: Cloth, u: Field, v: Field, edge: float) -> Field:
    style, _, direction = cloth.variant.partition("-")
    at = v if direction == "across" else u
    if style == "pin":
        return 0.9 * _bands(at, 22, 0.12, edge)
    if style == "breton":
        return _bands(at, 38, 0.36, edge)
    if style == "candy":
        return _bands(at, 19, 0.42, edge)
    if style == "block":
        return _bands(at, 92, 0.44, edge)
    return np.maximum(_bands(at, 74, 0.30, edge), _bands(at, 74, 0.06, edge, 0.5))


def _dots(cloth: Cloth, u: Field, v: Field, edge: float) -> Field:
    period, radius = {"pin": (25.0, 4.2), "polka": (44.0, 11.0), "giant": (76.0, 20.0)}[
        cloth.variant
    ]
    height = 0.62 * period
    row = np.floor(v / height)
    across = (u / period + 0.5 * (row % 2)) % 1.0 - 0.5
    down = (v / height) % 1.0 - 0.5
    distance = np.hypot(across * period, down * height)
    return np.asarray(np.clip((radius - distance) / edge + 0.5, 0, 1), np.float32)


def _checks(cloth: Cloth, u: Field, v: Field, edge: float) -> Field:
    if cloth.variant == "windowpane":
        lines = np.maximum(_bands(u, 62, 0.06, edge), _bands(v, 62, 0.06, edge))
        return np.asarray(0.85 * lines, np.float32)
    if cloth.variant == "tartan":
        wide = 0.26 * (_bands(u, 96, 0.42, edge) + _bands(v, 96, 0.42, edge))
        thin = np.maximum(_bands(u, 96, 0.045, edge, 0.5), _bands(v, 96, 0.045, edge, 0.5))
        fine = np.maximum(_bands(u, 96, 0.03, edge, 0.07), _bands(v, 96, 0.03, edge, 0.07))
        return np.asarray(np.clip(wide + 0.75 * thin + 0.3 * fine, 0, 0.95), np.float32)
    period = 72.0 if cloth.variant == "buffalo" else 30.0
    across, down = _bands(u, period, 0.5, edge), _bands(v, period, 0.5, edge)
    return np.asarray(0.36 * (across + down) + 0.2 * across * down, np.float32)


def _flat(colour: Colour) -> Field:
    return np.asarray(colour, dtype=np.float32)[:, None, None]


def _figured(cloth: Cloth, share: Field) -> Field:
    ground, figure = _flat(cloth.ground), _flat(cloth.figure)
    return ground + share * (figure - ground)


def _floral(cloth: Cloth, u: Field, v: Field) -> Field:
    tile = flower_tile(cloth.ground, cloth.figure, cloth.variant)
    side = TILE * ZOOM
    column = np.floor(u * ZOOM).astype(np.int32) % side
    row = np.floor(v * ZOOM).astype(np.int32) % side
    return tile[:, row, column].astype(np.float32)


_SHARES: dict[str, Callable[[Cloth, Field, Field, float], Field]] = {
    "stripes": _stripes,
    "dots": _dots,
    "checks": _checks,
}


def paint(cloth: Cloth, u: Field, v: Field, edge: float) -> Field:
    """The cloth's colour at each (u, v), shape (3, height, width); `edge` is a pixel's size.

    A cloth of one colour comes as shape (3, 1, 1).
    """
    if cloth.pattern == "floral":
        return _floral(cloth, u, v)
    if cloth.pattern in _SHARES:
        return _figured(cloth, _SHARES[cloth.pattern](cloth, u, v, edge))
    return _flat(cloth.ground)
