"""What shoes are built from: a last, an upper, a sole, laces."""

from dataclasses import dataclass, replace

from ..geometry import Path, join, offset, ribbon, shift, spline
from ..palette import WHITE, Colour, brightness, mix
from ..panels import Look, Panel, Stroke, seam, stitch
from .folds import crease


@dataclass(frozen=True, kw_only=True)
class Last:
    """The side view that a shoe is built on; the toe is on the right."""

    collar: float = 452.0  # height of the opening's lowest point
    heel: float = 424.0  # top of the heel
    tongue: float = 386.0  # top of the tongue
    sole: float = 38.0
    toe: float = 520.0  # height of the upper over the toes

    def upper(self) -> Path:
        back = spline((-252, 602), (-266, 540), (-250, self.heel + 40), (-246, self.heel))
        mouth = spline(
            (-246, self.heel),
            (-190, self.collar),
            (-120, self.collar - 4),
            (-74, self.tongue + 14),
        )
        front = spline(
            (-74, self.tongue + 14),
            (-48, self.tongue + 20),
            (40, 470),
            (130, self.toe - 26),
            (216, self.toe),
            (272, 548),
            (293, 602),
        )
        return join(back, mouth, front)

    def sole_outline(self) -> Path:
        low = 602 + self.sole
        return join(
            spline((-262, 578), (-274, 600), (-266, low)),
            spline(
                (-266, low),
                (-120, low + 2),
                (200, low),
                (280, low - 8),
                (301, low - 26),
                (300, 590),
            ),
            spline((298, 584), (200, 592), (4, 596), (-262, 578)),
        )

    def inside(self) -> Path:
        return join(
            spline((-244, self.heel + 2), (-170, self.collar - 26), (-96, self.tongue + 10)),
            spline((-60, self.tongue + 40), (-130, self.collar + 30), (-230, self.collar + 24)),
        )


def both(panels: list[Panel]) -> tuple[Panel, ...]:
    """The second shoe stands a little behind the first."""
    far = [
        replace(
            panel,
            outline=shift(panel.outline, 62, -74),
            tone=panel.tone * 0.9,
            number=None,
            folds=tuple(replace(f, path=shift(f.path, 62, -74)) for f in panel.folds),
            strokes=tuple(replace(s, path=shift(s.path, 62, -74)) for s in panel.strokes),
        )
        for panel in panels
    ]
    return (*far, *panels)


def sole(last: Last, tint: Colour, stripe: Colour | None = None) -> Panel:
    line = spline((-268, 596), (0, 612), (200, 608), (300, 598))
    strokes: tuple[Stroke, ...] = (seam(line, 0.22),)
    if stripe:
        strokes += (
            Stroke(path=shift(line, 0, last.sole * 0.45), width=5, ink=stripe, strength=0.9),
        )
    return Panel(
        outline=last.sole_outline(), tint=tint, puff=16, relief=0.5, lift=0.3, strokes=strokes
    )


def tongue(last: Last) -> Panel:
    outline = spline(
        (-92, last.tongue + 46),
        (-84, last.tongue - 10),
        (-54, last.tongue - 22),
        (-24, last.tongue - 2),
        (54, 478),
        (20, 510),
        (-60, 470),
        (-92, last.tongue + 46),
    )
    return Panel(outline=outline, puff=18, lift=0.2, patterned=False, tone=0.97)


def upper(last: Last, look: Look) -> Panel:
    folds = tuple(
        crease((96 + i * 26, last.toe - 34 + i * 5), (70 + i * 30, 578), 8, 11, 0.34)
        for i in range(3)
    )
    edge = offset(
        spline(
            (-246, last.heel),
            (-190, last.collar),
            (-120, last.collar - 4),
            (-74, last.tongue + 14),
        ),
        -9,
    )
    return Panel(
        outline=last.upper(),
        puff=44,
        relief=0.65,
        folds=folds,
        strokes=(stitch(shift(edge, 2, 16)),),
    )


def stay(last: Last) -> Panel:
    """The strip that carries the eyelets."""
    top = spline((-72, last.tongue + 18), (-44, last.tongue + 26), (40, 474), (128, 512))
    low = spline((118, 546), (30, 510), (-58, last.tongue + 72), (-92, last.tongue + 60))
    return Panel(
        outline=join(top, low),
        puff=10,
        lift=0.26,
        patterned=False,
        strokes=(stitch(offset(low, 5)),),
    )


def laces(last: Last, tint: Colour, count: int) -> list[Panel]:
    start, end = (-66.0, last.tongue + 36), (104.0, 512.0)
    laces = []
    for index in range(count):
        share = index / max(count - 1, 1)
        x, y = start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
        bow = 10 * share * (1 - share) * 4 * (1 if last.tongue > 350 else -0.4)
        path = spline((x - 18, y + 24 + bow), (x + 6, y + 4 + bow), (x + 26, y - 22 + bow))
        laces.append(Panel(outline=ribbon(path, 10), tint=tint, puff=8, relief=0.9, lift=0.45))
    return laces


def toe_cap(last: Last, tint: Colour | None) -> Panel:
    outline = join(
        spline((196, 600), (188, 560), (206, last.toe - 6)),
        spline((206, last.toe - 6), (250, last.toe + 14), (279, 558), (294, 602)),
    )
    return Panel(
        outline=outline,
        tint=tint,
        puff=26,
        relief=0.7,
        lift=0.2,
        patterned=False,
        strokes=(stitch(spline((203, 600), (195, 560), (212, last.toe))),),
    )


def heel_cap(last: Last, tint: Colour | None) -> Panel:
    outline = join(
        spline((-256, 604), (-267, 540), (-252, 480)),
        spline((-252, 480), (-206, 510), (-178, 604)),
    )
    return Panel(
        outline=outline,
        tint=tint,
        puff=22,
        lift=0.22,
        patterned=False,
        strokes=(stitch(spline((-246, 488), (-212, 516), (-185, 604))),),
    )


def lace_colour(look: Look) -> Colour:
    return WHITE if brightness(look.ground) < 0.8 else mix(WHITE, look.ground, 0.5)


def lining(last: Last, look: Look) -> Panel:
    return Panel(outline=last.inside(), tone=0.6, relief=-0.3, lift=0, patterned=False)
