"""Waistbands, flies and drawstrings."""

from dataclasses import replace

from ..geometry import box, join, spline, symmetric
from ..palette import BRASS, WHITE, brightness, mix
from ..panels import Look, Panel, seam
from .knits import RIB
from .leg import Leg, sewn, thread_for
from .trimmings import button, cord


def waistband(
    leg: Leg, look: Look, *, denim: bool = False, height: float = 30.0, loops: bool = True
) -> list[Panel]:
    thread = thread_for(look, denim)
    top, half = leg.top - height + 8, leg.waist
    sag = 5.0
    outline = symmetric(
        spline((0, top + sag), (half * 0.5, top + sag * 0.8), (half - 4, top)),
        ((half + 1, leg.top + 8),),
        spline((half + 1, leg.top + 8), (half * 0.5, leg.top + 12), (0, leg.top + 13)),
    )
    low = symmetric(((0.0, leg.top + 8.5), (half * 0.5, leg.top + 8), (half - 1, leg.top + 4)))
    behind = symmetric(
        spline((0, top - 7), (half * 0.5, top - 6), (half - 4, top)),
        spline((half - 4, top), (half * 0.5, top + 10), (0, top + 12)),
    )
    panels = [] if look.back else [Panel(outline=behind, tone=0.62, relief=-0.2, lift=0)]
    panels.append(
        Panel(
            outline=outline,
            puff=13,
            lift=0.3,
            patterned=denim or not look.number,
            strokes=(sewn(low, thread),),
        )
    )
    if loops:
        for x in (
            (-half + 26, -36.0, 36.0, half - 26) if not look.back else (-half + 26, 0.0, half - 26)
        ):
            panels.append(
                Panel(outline=box(x - 5, top - 1, x + 5, leg.top + 14), puff=6, lift=0.4)
            )
    return panels


def fly(leg: Leg, look: Look, denim: bool) -> list[Panel]:
    thread = thread_for(look, denim)
    line = spline(
        (30, leg.top + 12), (30, leg.crotch - 96), (22, leg.crotch - 66), (2, leg.crotch - 50)
    )
    strip = Panel(
        outline=join(
            ((-0.5, leg.top + 12), (32.0, leg.top + 12)), line, ((-0.5, leg.crotch - 48),)
        ),
        puff=10,
        relief=0.1,
        lift=0.08,
        strokes=(sewn(line, thread), seam(((0, leg.top + 12), (0, leg.crotch - 40)), 0.5)),
    )
    stud = button(
        (0, leg.top - 2), BRASS if denim else mix(look.ground, WHITE, 0.4), 7.5, holes=not denim
    )
    return [strip, stud]


def drawstring(leg: Leg, look: Look) -> list[Panel]:
    tint = mix(look.ground, WHITE if brightness(look.ground) < 0.7 else (60, 60, 66), 0.8)
    return [
        cord(
            spline((side * 6, leg.top + 2), (side * 20, leg.top + 40), (side * 12, leg.top + low)),
            tint,
        )
        for side, low in ((-1, 92), (1, 104))
    ]


def elastic(leg: Leg, look: Look) -> list[Panel]:
    band = waistband(replace(leg, top=leg.top), look, height=36, loops=False)
    return [*band[:-1], replace(band[-1], rib=RIB, strokes=(), patterned=False)]
