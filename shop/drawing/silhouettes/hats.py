"""Hats."""

from ..geometry import Path, ribbon, shift, spline, symmetric
from ..panels import Drape, Look, Panel, Sketch, Stroke, seam, stitch
from .folds import crease


def _rows(path: Path, step: float, count: int) -> tuple[Stroke, ...]:
    return tuple(stitch(shift(path, 0, step * index)) for index in range(count))


def _bucket_crown(look: Look) -> Panel:
    outline = symmetric(
        spline((0, 262), (96, 266), (142, 290)),
        spline((142, 290), (160, 380), (178, 486)),
        ((0.0, 510.0),),
    )
    rim = spline((-142, 291), (-80, 318), (0, 325), (80, 318), (142, 291))
    seams = (seam(rim, 0.4), stitch(shift(rim, 0, 6)))
    across = [look.random.uniform(-110, 110) for _ in range(6)]
    dents = tuple(
        crease((start, 350), (end, 450), 10, 16, 0.3)
        for start, end in zip(across[:3], across[3:], strict=True)
    )
    number = None if look.back else (0.0, 402.0, 92.0)
    return Panel(outline=outline, puff=60, relief=0.7, strokes=seams, folds=dents, number=number)


def _bucket_brim(look: Look) -> Panel:
    outline = symmetric(
        spline((0, 482), (104, 476), (177, 456)),
        spline((177, 456), (244, 532), (282, 608)),
        spline((282, 608), (170, 650), (0, 664)),
    )
    row = spline((-196, 492), (-100, 516), (0, 522), (100, 516), (196, 492))
    rows = tuple(
        stitch(tuple((x * (1 + 0.105 * i), y + 28 * i) for x, y in row)) for i in range(5)
    )
    phase = look.random.uniform(0, 6)
    drape = Drape(apex=(0, 120), top=470, bottom=650, wavelength=150, slope=0.2, phase=phase)
    return Panel(outline=outline, puff=44, relief=0.6, strokes=rows, lift=0.34, drape=drape)


def bucket(look: Look) -> Sketch:
    """A flat crown and a stitched brim that slopes down."""
    return Sketch(panels=(_bucket_crown(look), _bucket_brim(look)), focus=(30, 460))


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
