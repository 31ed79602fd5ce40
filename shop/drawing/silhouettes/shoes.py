"""Shoes, seen from the outer side, always as a pair."""

from dataclasses import dataclass, replace

from ..geometry import Path, join, offset, ribbon, shift, spline
from ..palette import RUBBER, WHITE, Colour, brightness, mix
from ..panels import Look, Panel, Sketch, Stroke, seam, stitch
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


def _pair(panels: list[Panel]) -> tuple[Panel, ...]:
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


def _sole(last: Last, tint: Colour, stripe: Colour | None = None) -> Panel:
    line = spline((-268, 596), (0, 612), (200, 608), (300, 598))
    strokes: tuple[Stroke, ...] = (seam(line, 0.22),)
    if stripe:
        strokes += (
            Stroke(path=shift(line, 0, last.sole * 0.45), width=5, ink=stripe, strength=0.9),
        )
    return Panel(
        outline=last.sole_outline(), tint=tint, puff=16, relief=0.5, lift=0.3, strokes=strokes
    )


def _tongue(last: Last) -> Panel:
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


def _upper(last: Last, look: Look) -> Panel:
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


def _stay(last: Last) -> Panel:
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


def _laces(last: Last, tint: Colour, count: int) -> list[Panel]:
    start, end = (-66.0, last.tongue + 36), (104.0, 512.0)
    laces = []
    for index in range(count):
        share = index / max(count - 1, 1)
        x, y = start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
        bow = 10 * share * (1 - share) * 4 * (1 if last.tongue > 350 else -0.4)
        path = spline((x - 18, y + 24 + bow), (x + 6, y + 4 + bow), (x + 26, y - 22 + bow))
        laces.append(Panel(outline=ribbon(path, 10), tint=tint, puff=8, relief=0.9, lift=0.45))
    return laces


def _toe_cap(last: Last, tint: Colour | None) -> Panel:
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


def _heel_cap(last: Last, tint: Colour | None) -> Panel:
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


def _lace_colour(look: Look) -> Colour:
    return WHITE if brightness(look.ground) < 0.8 else mix(WHITE, look.ground, 0.5)


def _lining(last: Last, look: Look) -> Panel:
    return Panel(outline=last.inside(), tone=0.6, relief=-0.3, lift=0, patterned=False)


def sneaker(look: Look) -> Sketch:
    """Low canvas shoes with a rubber toe."""
    last = Last()
    panels = [
        _lining(last, look),
        _tongue(last),
        _upper(last, look),
        _heel_cap(last, None),
        _stay(last),
        *_laces(last, _lace_colour(look), 5),
        _toe_cap(last, RUBBER),
        _sole(last, RUBBER, look.accent),
    ]
    return Sketch(panels=_pair(panels), focus=(30, 480), standing=True)


def hightop(look: Look) -> Sketch:
    """Canvas boots laced over the ankle."""
    last = Last(collar=322, heel=312, tongue=276)
    badge = Panel(
        outline=tuple(
            (-170 + x, 420 + y) for x, y in spline((0, -36), (36, 0), (0, 36), (-36, 0), (0, -36))
        ),
        tint=RUBBER,
        puff=8,
        lift=0.3,
        patterned=False,
        strokes=(
            Stroke(path=((-186, 420), (-154, 420)), width=7, ink=look.accent, strength=0.95),
        ),
    )
    panels = [
        _lining(last, look),
        _tongue(last),
        _upper(last, look),
        _heel_cap(last, None),
        _stay(last),
        *_laces(last, _lace_colour(look), 8),
        badge,
        _toe_cap(last, RUBBER),
        _sole(last, RUBBER, look.accent),
    ]
    return Sketch(panels=_pair(panels), focus=(0, 430), standing=True)


def slipon(look: Look) -> Sketch:
    """No laces: elastic at the sides."""
    last = Last(tongue=418, collar=466, heel=420, sole=34)
    gore = Panel(
        outline=join(
            ((-122.0, 464.0), (-84.0, 440.0)),
            spline((-84, 440), (-62, 490), (-70, 532)),
            spline((-70, 532), (-112, 510), (-122, 464)),
        ),
        tint=mix(look.ground, (30, 30, 36), 0.55),
        puff=8,
        rib=5,
        lift=0.15,
    )
    panels = [
        _lining(last, look),
        _upper(last, look),
        gore,
        _heel_cap(last, None),
        _sole(last, RUBBER),
    ]
    return Sketch(panels=_pair(panels), focus=(40, 510), standing=True)


def runner(look: Look) -> Sketch:
    """A thick sole, a swoosh of a second colour, smooth panels."""
    last = Last(sole=56, heel=412, collar=444)
    wave = join(
        spline((-214, 566), (-90, 560), (20, 520), (70, 492)),
        spline((88, 512), (30, 552), (-80, 592), (-206, 594)),
    )
    panels = [
        _lining(last, look),
        _tongue(last),
        _upper(last, look),
        Panel(outline=wave, tint=look.accent, puff=8, lift=0.2),
        _heel_cap(last, look.accent),
        _stay(last),
        *_laces(last, _lace_colour(look), 5),
        _toe_cap(last, None),
        _sole(last, RUBBER, mix(look.ground, WHITE, 0.1)),
    ]
    return Sketch(panels=_pair(panels), focus=(30, 490), standing=True)


def chelsea(look: Look) -> Sketch:
    """Ankle boots with elastic sides and a small heel."""
    last = Last(collar=292, heel=284, tongue=290, toe=524, sole=20)
    dark = mix(look.ground, (24, 22, 24), 0.7)
    heel = Panel(
        outline=((-266, 606), (-146, 606), (-152, 652), (-260, 652)), tint=dark, puff=10, lift=0.2
    )
    gore = Panel(
        outline=spline(
            (-186, 292),
            (-112, 292),
            (-106, 380),
            (-132, 482),
            (-158, 482),
            (-186, 380),
            (-186, 292),
        ),
        tint=dark,
        rib=7,
        puff=10,
        lift=0.14,
    )
    loop = Panel(
        outline=ribbon(spline((-238, 300), (-246, 262), (-230, 256), (-224, 300)), 10),
        tint=dark,
        puff=7,
        lift=0.3,
    )
    shaft = join(
        spline((-252, 602), (-264, 540), (-250, 400), (-244, 284)),
        spline((-244, 284), (-150, 292), (-58, 282)),
        spline((-58, 282), (-44, 380), (14, 462), (120, 502), (212, 522), (272, 550), (292, 602)),
    )
    folds = tuple(
        crease((-56 + i * 34, 420 + i * 26), (-112 + i * 40, 500 + i * 22), 8, 15, 0.4)
        for i in range(4)
    )
    upper = Panel(outline=shaft, puff=48, relief=0.75, gloss=0.25, folds=folds)
    panels = [loop, upper, gore, heel, _sole(last, dark)]
    return Sketch(panels=_pair(panels), focus=(-30, 420), standing=True)
