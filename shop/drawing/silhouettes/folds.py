"""Where cloth creases: a few seeded ridges and valleys for each kind of piece."""

from math import cos, radians, sin
from random import Random

from ..geometry import Path, Point, between, spline
from ..panels import Fold


def crease(start: Point, end: Point, bow: float, width: float, depth: float) -> Fold:
    """One fold from start to end, bowed sideways by `bow` units in its middle."""
    middle = between(start, end, 0.5)
    across, down = end[0] - start[0], end[1] - start[1]
    length = (across**2 + down**2) ** 0.5 or 1.0
    bent = middle[0] - down / length * bow, middle[1] + across / length * bow
    return Fold(path=spline(start, bent, end, steps=5), width=width, depth=depth)


def torso_folds(random: Random, armpit: Point, hem: Point, loose: float = 1.0) -> tuple[Fold, ...]:
    """Pulls from both armpits and long soft hollows towards the hem."""
    folds = []
    for side in (-1, 1):
        for _ in range(2):
            reach = random.uniform(50, 105)
            start = side * (armpit[0] - 14), armpit[1] + random.uniform(-4, 34)
            end = side * (armpit[0] - reach), armpit[1] + random.uniform(38, 120)
            folds.append(
                crease(
                    start, end, side * random.uniform(-10, 4), random.uniform(9, 15), 0.30 * loose
                )
            )
        for _ in range(2):
            x = side * random.uniform(30, hem[0] * 0.88)
            top = random.uniform(armpit[1] + 90, armpit[1] + 190)
            end = x + side * random.uniform(2, 22), hem[1] - random.uniform(0, 40)
            folds.append(
                crease(
                    (x, top),
                    end,
                    random.uniform(-10, 10),
                    random.uniform(22, 34),
                    random.choice((-0.3, 0.34)) * loose,
                )
            )
    x = random.uniform(-30, 30)
    folds.append(
        crease(
            (x, armpit[1] + 120),
            (x * 1.6, hem[1] - 10),
            random.uniform(-12, 12),
            28,
            -0.24 * loose,
        )
    )
    return tuple(folds)


def limb_folds(
    random: Random, start: Point, end: Point, width: float, count: int = 5, depth: float = 0.36
) -> tuple[Fold, ...]:
    """Slanting creases across a sleeve or a trouser leg, and one hollow along it."""
    folds = []
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    lean = random.choice((-1, 1))
    for index in range(count):
        share = (index + random.uniform(0.15, 0.85)) / count
        centre = between(start, end, 0.06 + share * 0.88)
        angle = radians(lean * random.uniform(18, 40))
        half = width * random.uniform(0.30, 0.46)
        shift = random.uniform(-0.16, 0.16) * width
        first = centre[0] + shift - half * cos(angle), centre[1] - half * sin(angle)
        second = centre[0] + shift + half * cos(angle), centre[1] + half * sin(angle)
        folds.append(crease(first, second, random.uniform(-7, 7), random.uniform(8, 13), depth))
        lean = -lean if random.random() < 0.5 else lean
    if length > 200:
        folds.append(
            crease(
                between(start, end, 0.1),
                between(start, end, 0.95),
                random.uniform(-8, 8),
                width * 0.30,
                0.3,
            )
        )
    return tuple(folds)


def gathers(
    random: Random, line: Path, length: float, count: int, depth: float = 0.3, spread: float = 0.0
) -> tuple[Fold, ...]:
    """Small folds that hang down from a seam where cloth was gathered."""
    folds = []
    for index in range(count):
        share = (index + random.uniform(0.2, 0.8)) / count
        start = between(line[0], line[-1], share)
        lean = (share - 0.5) * 2 * spread
        reach = length * random.uniform(0.5, 1.0)
        folds.append(
            crease(
                (start[0], start[1] - 2),
                (start[0] + lean, start[1] + reach),
                0,
                random.uniform(7, 12),
                depth,
            )
        )
    return tuple(folds)
