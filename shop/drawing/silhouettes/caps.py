"""Baseball caps."""

from ..geometry import ellipse, join, mirror, shift, spline, symmetric
from ..panels import Look, Panel, Sketch, seam, stitch


def _crown(look: Look) -> Panel:
    outline = symmetric(
        spline((0, 236), (96, 254), (172, 330), (202, 440), (206, 520)),
        spline((206, 520), (110, 536), (0, 540)),
    )
    curve = spline((8, 238), (78, 330), (104, 530))
    lines = tuple(
        stroke
        for side in (curve, mirror(curve))
        for stroke in (seam(side, 0.34), stitch(shift(side, 5, 0)), stitch(shift(side, -5, 0)))
    )
    middle = (seam(((0, 236), (0, 540)), 0.34),) if not look.number or look.back else ()
    # Above a number, which lies between the seams.
    x, y = (40.0, 306.0) if look.number and not look.back else (56.0, 340.0)
    eyelets = tuple(seam(ellipse((side * x, y), 5, 5), 0.6, 3) for side in (-1, 1))
    number = None if look.back else (0.0, 402.0, 94.0)
    strokes = (*lines, *middle, *eyelets)
    return Panel(outline=outline, puff=80, relief=0.75, strokes=strokes, number=number)


def _peak(look: Look) -> Panel:
    top = spline((-208, 514), (-120, 478), (0, 464), (120, 478), (208, 514))
    right = spline((208, 514), (232, 536), (222, 560))
    low = spline((222, 560), (150, 606), (0, 628), (-150, 606), (-222, 560))
    left = spline((-222, 560), (-232, 536), (-208, 514))
    row = spline((-204, 526), (-116, 492), (0, 478), (116, 492), (204, 526))
    rows = tuple(stitch(shift(row, 0, down)) for down in (8, 26, 44, 62))
    outline = join(top, right, low, left)
    plain = look.number
    return Panel(outline=outline, puff=34, relief=0.6, lift=0.5, strokes=rows, patterned=not plain)


def _closure() -> list[Panel]:
    """The opening at the back and the strap beneath it."""
    hole = symmetric(spline((0, 452), (64, 468), (88, 524)), ((88.0, 532.0), (0.0, 534.0)))
    strap = symmetric(((0.0, 508.0), (206.0, 494.0)), ((206.0, 526.0), (0.0, 546.0)))
    return [
        Panel(outline=hole, tone=0.45, relief=-0.3, lift=0, patterned=False),
        Panel(outline=strap, puff=12, lift=0.4, patterned=False),
    ]


def cap(look: Look) -> Sketch:
    """A baseball cap of six panels, from the front or from behind."""
    knob = Panel(outline=ellipse((0, 238), 15, 9), puff=10, lift=0.4, patterned=False)
    rest = _closure() if look.back else [_peak(look)]
    return Sketch(panels=(_crown(look), *rest, knob), focus=(30, 430))
