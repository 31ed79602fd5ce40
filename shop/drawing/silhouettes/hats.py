"""Hats."""

from math import cos, pi, sin

from ..geometry import Path, Point, ellipse, join, mirror, ribbon, shift, spline, symmetric
from ..palette import WHITE, mix
from ..panels import Drape, Look, Panel, Sketch, Stroke, seam, stitch
from .folds import crease
from .knits import RIB


def _rows(path: Path, step: float, count: int) -> tuple[Stroke, ...]:
    return tuple(stitch(shift(path, 0, step * index)) for index in range(count))


def cap(look: Look) -> Sketch:
    """A baseball cap of six panels, from the front or from behind."""
    crown = symmetric(
        spline((0, 236), (96, 254), (172, 330), (202, 440), (206, 520)),
        spline((206, 520), (110, 536), (0, 540)),
    )
    curves: list[Path] = [spline((8, 238), (78, 330), (104, 530))]
    lines = tuple(
        stroke
        for path in curves
        for side in (path, mirror(path))
        for stroke in (seam(side, 0.34), stitch(shift(side, 5, 0)), stitch(shift(side, -5, 0)))
    )
    middle = (seam(((0, 236), (0, 540)), 0.34),) if not look.number or look.back else ()
    eyelets = tuple(seam(ellipse((x, 340), 5, 5), 0.6, 3) for x in (-56.0, 56.0))
    panels = [
        Panel(
            outline=crown,
            puff=80,
            relief=0.75,
            strokes=(*lines, *middle, *eyelets),
            number=None if look.back else (0, 400, 118),
        )
    ]
    knob = Panel(outline=ellipse((0, 238), 15, 9), puff=10, lift=0.4, patterned=False)
    if look.back:
        hole = symmetric(spline((0, 452), (64, 468), (88, 530)), ((88.0, 545.0), (0.0, 549.0)))
        strap = Panel(
            outline=symmetric(((0.0, 508.0), (206.0, 494.0)), ((206.0, 526.0), (0.0, 546.0))),
            puff=12,
            lift=0.4,
            patterned=False,
        )
        panels.append(Panel(outline=hole, tone=0.45, relief=-0.3, lift=0, patterned=False))
        return Sketch(panels=(*panels, strap, knob), focus=(30, 400))
    top = spline((-208, 514), (-120, 478), (0, 464), (120, 478), (208, 514))
    low = spline((222, 560), (150, 606), (0, 628), (-150, 606), (-222, 560))
    edges = tuple(
        stitch(
            spline((-204, 526 + y), (-116, 492 + y), (0, 478 + y), (116, 492 + y), (204, 526 + y))
        )
        for y in (8, 26, 44, 62)
    )
    brim = Panel(
        outline=join(
            top,
            spline((208, 514), (232, 536), (222, 560)),
            low,
            spline((-222, 560), (-232, 536), (-208, 514)),
        ),
        puff=34,
        relief=0.6,
        lift=0.5,
        strokes=edges,
        patterned=not look.number,
    )
    return Sketch(panels=(*panels, brim, knob), focus=(30, 430))


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


def bucket(look: Look) -> Sketch:
    """A flat crown and a stitched brim that slopes down."""
    crown = symmetric(
        spline((0, 262), (96, 266), (142, 290)),
        spline((142, 290), (160, 380), (178, 486)),
        ((0.0, 510.0),),
    )
    rim = spline((-142, 291), (-80, 318), (0, 325), (80, 318), (142, 291))
    brim = symmetric(
        spline((0, 482), (104, 476), (177, 456)),
        spline((177, 456), (244, 532), (282, 608)),
        spline((282, 608), (170, 650), (0, 664)),
    )
    row = spline((-196, 492), (-100, 516), (0, 522), (100, 516), (196, 492))
    rows = tuple(
        stitch(tuple((x * (1 + 0.105 * i), y + 28 * i) for x, y in row)) for i in range(5)
    )
    seams = (seam(rim, 0.4), stitch(shift(rim, 0, 6)))
    dents = tuple(
        crease(
            (look.random.uniform(-100, 100), 350),
            (look.random.uniform(-110, 110), 450),
            10,
            16,
            0.3,
        )
        for _ in range(3)
    )
    panels = (
        Panel(
            outline=crown,
            puff=60,
            relief=0.7,
            strokes=seams,
            folds=dents,
            number=None if look.back else (0, 402, 92),
        ),
        Panel(
            outline=brim,
            puff=44,
            relief=0.6,
            strokes=rows,
            lift=0.34,
            drape=Drape(
                apex=(0, 120),
                top=470,
                bottom=650,
                wavelength=150,
                slope=0.2,
                phase=look.random.uniform(0, 6),
            ),
        ),
    )
    return Sketch(panels=panels, focus=(30, 460))


def sunhat(look: Look) -> Sketch:
    """A wide straw brim and a ribbon around the crown."""
    brim = symmetric(
        spline((0, 432), (190, 448), (300, 494), (330, 530), (300, 566), (190, 612), (0, 630))
    )
    rings = tuple(
        seam(tuple((x * s, 530 + (y - 530) * s) for x, y in brim), 0.16, 1.6)
        for s in (0.95, 0.88, 0.81, 0.74, 0.67)
    )
    crown = symmetric(
        spline((0, 268), (86, 280), (138, 340), (160, 430), (170, 520)),
        spline((170, 520), (90, 548), (0, 556)),
    )
    courses = tuple(
        seam(spline((-158, 320 + y), (0, 352 + y), (158, 320 + y)), 0.14, 1.6)
        for y in (0, 34, 68, 102)
    )
    band = symmetric(
        spline((0, 488), (90, 482), (164, 456)),
        ((170.0, 512.0),),
        spline((171, 516), (90, 544), (0, 551)),
    )
    ribbon_panel = Panel(outline=band, tint=look.accent, puff=22, lift=0.3)
    bow = [
        Panel(
            outline=ribbon(spline((150, 500), (196, 524), (206, 574 + dy)), 12, 26),
            tint=look.accent,
            puff=10,
            lift=0.4,
        )
        for dy in (0, -22)
    ]
    return Sketch(
        panels=(
            Panel(outline=brim, puff=60, relief=0.5, strokes=rings),
            Panel(outline=crown, puff=70, relief=0.75, strokes=courses, lift=0.5),
            ribbon_panel,
            *([] if look.back else bow),
        ),
        focus=(30, 460),
    )
