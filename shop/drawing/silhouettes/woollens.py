"""Knitted hats."""

from math import cos, pi, sin

from ..geometry import Path, Point, spline, symmetric
from ..palette import WHITE, mix
from ..panels import Drape, Look, Panel, Sketch, stitch
from .folds import crease
from .knits import RIB


def _wool_dome(look: Look) -> Panel:
    outline = symmetric(
        spline((0, 236), (104, 258), (180, 350), (204, 470), (206, 560)), ((0.0, 570.0),)
    )
    folds = tuple(
        crease(
            (side * (30 + 36 * i), 330 + 12 * i),
            (side * (44 + 40 * i), 500),
            6 * side,
            18,
            look.random.choice((-0.3, 0.3)),
        )
        for side in (-1, 1)
        for i in range(3)
    )
    drape = Drape(apex=(0, 190), top=200, bottom=420, wavelength=54, slope=0.16)
    return Panel(outline=outline, puff=84, relief=0.7, folds=folds, drape=drape)


def _turn_up() -> Panel:
    outline = symmetric(
        spline((0, 520), (120, 516), (212, 504)),
        spline((212, 504), (219, 560), (212, 624)),
        spline((212, 624), (110, 638), (0, 640)),
    )
    return Panel(outline=outline, rib=RIB * 1.6, patterned=False, puff=40, relief=0.6, lift=0.4)


def beanie(look: Look) -> Sketch:
    """Knitted, with a turned-up ribbed edge."""
    patch = Panel(
        outline=((-30, 560), (30, 560), (30, 598), (-30, 598)),
        tint=(150, 104, 62),
        puff=6,
        lift=0.3,
        strokes=(
            stitch(
                ((-26, 564), (26, 564), (26, 594), (-26, 594), (-26, 564)), (232, 214, 180), 0.8
            ),
        ),
    )
    extra = () if look.back else (patch,)
    return Sketch(panels=(_wool_dome(look), _turn_up(), *extra), focus=(30, 470))


def _tuft(look: Look, centre: Point, radius: float) -> Path:
    points = []
    for index in range(150):
        angle = 2 * pi * index / 150
        reach = radius * (
            look.random.uniform(0.97, 1.1) if index % 2 else look.random.uniform(0.84, 0.95)
        )
        points.append((centre[0] + reach * cos(angle), centre[1] + reach * sin(angle)))
    return tuple(points)


def pompom(look: Look) -> Sketch:
    """A beanie with a ball of wool on top."""
    tint = mix(look.accent, WHITE, 0.1)
    balls = []
    for radius, tone in ((78.0, 0.84), (64.0, 0.94), (46.0, 1.03), (26.0, 1.1)):
        at = (-(78 - radius) * 0.30, 196 - (78 - radius) * 0.34)
        balls.append(
            Panel(
                outline=_tuft(look, at, radius),
                tint=tint,
                tone=tone,
                puff=30,
                relief=0.4,
                lift=0.3 if radius > 70 else 0.05,
            )
        )
    return Sketch(panels=(_wool_dome(look), _turn_up(), *balls), focus=(30, 470))
