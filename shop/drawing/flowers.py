"""A printed repeat of flowers and leaves that tiles without a seam."""

from functools import lru_cache
from math import cos, pi, sin
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .chance import seeded
from .geometry import Path, Point, shift, spline, turn
from .palette import WHITE, Colour, brightness, mix

TILE = 260  # garment units a repeat
ZOOM = 2  # tile pixels a unit
FINE = 2  # supersampling of the tile itself
LEAF: Colour = (64, 116, 78)
PALE_LEAF: Colour = (150, 184, 148)
POLLEN: Colour = (226, 178, 64)

# variant: flowers a repeat, smallest and largest radius, petals, how slender a petal is
STYLES: dict[str, tuple[int, float, float, int, float]] = {
    "ditsy": (30, 12, 17, 5, 0.62),
    "meadow": (12, 22, 30, 9, 0.34),
    "bloom": (7, 30, 42, 6, 0.66),
}


def _petal(length: float, slender: float) -> Path:
    wide = length * slender / 2
    right = spline(
        (0, -length * 0.12),
        (wide * 0.8, -length * 0.45),
        (wide, -length * 0.78),
        (wide * 0.45, -length),
        (0, -length * 0.94),
        steps=5,
    )
    return right + tuple((-x, y) for x, y in reversed(right))


def _leaf(length: float) -> Path:
    right = spline(
        (0, 0),
        (length * 0.2, -length * 0.4),
        (length * 0.14, -length * 0.75),
        (0, -length),
        steps=5,
    )
    return right + tuple((-x, y) for x, y in reversed(right))


class _Print:
    """A square that is drawn on as if its edges met."""

    def __init__(self, ground: Colour) -> None:
        self.side = TILE * ZOOM * FINE
        self.picture = Image.new("RGB", (self.side, self.side), ground)
        self.pen = ImageDraw.Draw(self.picture)

    def polygon(self, path: Path, colour: Colour) -> None:
        zoom = ZOOM * FINE
        for across in (-TILE, 0, TILE):
            for down in (-TILE, 0, TILE):
                moved = [(x * zoom, y * zoom) for x, y in shift(path, across, down)]
                if any(0 <= x <= self.side and 0 <= y <= self.side for x, y in moved):
                    self.pen.polygon(moved, fill=colour)

    def flower(
        self,
        centre: Point,
        radius: float,
        petals: int,
        slender: float,
        colour: Colour,
        start: float,
    ) -> None:
        shade = mix(colour, (60, 20, 50), 0.16)
        for layer, (reach, tint) in enumerate(((1.0, shade), (0.86, colour))):
            shape = shift(_petal(radius * reach, slender * (1 + 0.1 * (1 - layer))), *centre)
            for petal in range(petals):
                self.polygon(turn(shape, start + 360 * petal / petals, centre), tint)
        heart = mix(colour, POLLEN, 0.9)
        for reach, tint in ((0.26, mix(heart, (90, 50, 20), 0.45)), (0.19, heart)):
            disc = tuple(
                (
                    centre[0] + radius * reach * cos(i * pi / 8),
                    centre[1] + radius * reach * sin(i * pi / 8),
                )
                for i in range(16)
            )
            self.polygon(disc, tint)

    def leaf(self, centre: Point, length: float, angle: float, colour: Colour) -> None:
        self.polygon(turn(shift(_leaf(length), *centre), angle, centre), colour)
        vein = ((-0.6, 0.0), (0.6, 0.0), (0.2, -length * 0.85), (-0.2, -length * 0.85))
        self.polygon(turn(shift(vein, *centre), angle, centre), mix(colour, WHITE, 0.35))


def _spots(random: Random, count: int) -> list[Point]:
    """Points kept apart, also across the tile's edges: the best of some tries each."""
    spots: list[Point] = []
    for _ in range(count):
        tries = [(random.uniform(0, TILE), random.uniform(0, TILE)) for _ in range(30)]
        spots.append(
            max(
                tries,
                key=lambda spot: min(
                    (
                        min(abs(spot[0] - x), TILE - abs(spot[0] - x)) ** 2
                        + min(abs(spot[1] - y), TILE - abs(spot[1] - y)) ** 2
                        for x, y in spots
                    ),
                    default=0,
                ),
            )
        )
    return spots


@lru_cache(maxsize=48)
def flower_tile(ground: Colour, figure: Colour, variant: str) -> NDArray[np.uint8]:
    """The repeat as pixels, shape (3, side, side); sample it at unit * ZOOM modulo TILE * ZOOM."""
    count, small, large, petals, slender = STYLES[variant]
    random = seeded(f"{ground} {figure} {variant}")
    cloth = _Print(ground)
    green = mix(LEAF, ground, 0.18) if brightness(ground) > 0.4 else mix(PALE_LEAF, ground, 0.3)
    tints = (figure, mix(figure, WHITE, 0.35), figure)
    for index, spot in enumerate(_spots(random, count)):
        radius = random.uniform(small, large)
        first = random.uniform(0, 360)
        for spread in (0, random.uniform(50, 100), random.uniform(150, 210)):
            cloth.leaf(spot, radius * random.uniform(1.35, 1.7), first + spread, green)
        cloth.flower(spot, radius, petals, slender, tints[index % 3], random.uniform(0, 360))
    pixels = np.asarray(cloth.picture.reduce(FINE), dtype=np.uint8)
    return np.ascontiguousarray(np.moveaxis(pixels, 2, 0))
