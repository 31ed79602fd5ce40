"""Shoes, seen from the outer side, always as a pair."""

from ..geometry import join, ribbon, spline
from ..palette import RUBBER, WHITE, Colour, mix
from ..panels import Look, Panel, Sketch, Stroke
from .folds import crease
from .soles import (
    Last,
    both,
    heel_cap,
    lace_colour,
    laces,
    lining,
    sole,
    stay,
    toe_cap,
    tongue,
    upper,
)


def sneaker(look: Look) -> Sketch:
    """Low canvas shoes with a rubber toe."""
    last = Last()
    panels = [
        lining(last, look),
        tongue(last),
        upper(last, look),
        heel_cap(last, None),
        stay(last),
        *laces(last, lace_colour(look), 5),
        toe_cap(last, RUBBER),
        sole(last, RUBBER, look.accent),
    ]
    return Sketch(panels=both(panels), focus=(30, 480), standing=True)


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
        lining(last, look),
        tongue(last),
        upper(last, look),
        heel_cap(last, None),
        stay(last),
        *laces(last, lace_colour(look), 8),
        badge,
        toe_cap(last, RUBBER),
        sole(last, RUBBER, look.accent),
    ]
    return Sketch(panels=both(panels), focus=(0, 430), standing=True)


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
        lining(last, look),
        upper(last, look),
        gore,
        heel_cap(last, None),
        sole(last, RUBBER),
    ]
    return Sketch(panels=both(panels), focus=(40, 510), standing=True)


def runner(look: Look) -> Sketch:
    """A thick sole, a swoosh of a second colour, smooth panels."""
    last = Last(sole=56, heel=412, collar=444)
    wave = join(
        spline((-214, 566), (-90, 560), (20, 520), (70, 492)),
        spline((88, 512), (30, 552), (-80, 592), (-206, 594)),
    )
    panels = [
        lining(last, look),
        tongue(last),
        upper(last, look),
        Panel(outline=wave, tint=look.accent, puff=8, lift=0.2),
        heel_cap(last, look.accent),
        stay(last),
        *laces(last, lace_colour(look), 5),
        toe_cap(last, None),
        sole(last, RUBBER, mix(look.ground, WHITE, 0.1)),
    ]
    return Sketch(panels=both(panels), focus=(30, 490), standing=True)


def _walking_sole(tint: Colour) -> Panel:
    """It stands on the ball of the foot; a heel lifts the other end."""
    low = spline(
        (-266, 620), (-150, 620), (-60, 632), (50, 652), (220, 652), (286, 648), (303, 634)
    )
    top = spline((298, 620), (200, 628), (60, 622), (-80, 604), (-262, 596))
    return Panel(outline=join(low, top), tint=tint, puff=14, relief=0.5, lift=0.3)


def chelsea(look: Look) -> Sketch:
    """Ankle boots with elastic sides and a small heel."""
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
        spline((-58, 282), (-44, 380), (14, 464), (120, 508), (214, 538), (276, 582), (292, 634)),
        ((120.0, 640.0),),  # well under the sole
    )
    folds = tuple(
        crease((-56 + i * 34, 420 + i * 26), (-112 + i * 40, 500 + i * 22), 8, 15, 0.4)
        for i in range(4)
    )
    upper = Panel(outline=shaft, puff=48, relief=0.75, gloss=0.25, folds=folds)
    panels = [loop, upper, gore, heel, _walking_sole(dark)]
    return Sketch(panels=both(panels), focus=(-30, 420), standing=True)
