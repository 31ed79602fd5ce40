"""Jackets and coats with lapels."""

from dataclasses import replace

from ..geometry import box, join, spline, symmetric
from ..palette import HORN, mix
from ..panels import Look, Panel, Sketch, Stroke, mirrored, seam, stitch
from .bodice import Bodice, inside, torso
from .collars import collar_back
from .folds import torso_folds
from .jackets import REGULAR
from .sleeves import sleeves
from .trimmings import buttons, flap


def _lapel(bodice: Bodice, low: float, wide: float) -> Panel:
    """The turned-back front, from the notch down to the first button."""
    gorge = bodice.top + 82
    outer = spline((wide, gorge - 2), (wide * 0.80, gorge + (low - gorge) * 0.42), (2, low))
    roll = spline(
        (2, low), (bodice.neck * 0.44, gorge + (low - gorge) * 0.4), (bodice.neck * 0.68, gorge)
    )
    edge = tuple((x - 6, y) for x, y in outer[:-3])
    return Panel(
        outline=join(outer, roll),
        grain=-12,
        puff=13,
        relief=0.5,
        lift=0.46,
        strokes=(stitch(edge, strength=0.16),),
    )


def _notched_collar(bodice: Bodice) -> Panel:
    half, top = bodice.neck, bodice.top
    outline = join(
        spline(
            (half - 8, top - 20),
            (half + 10, top - 6),
            (half + 22, top + 24),
            (half + 26, top + 62),
        ),
        ((half * 0.66, top + 83),),
        spline((half * 0.66, top + 83), (half - 10, top + 36), (half - 8, top - 20)),
    )
    return Panel(outline=outline, grain=-30, puff=12, relief=0.5, lift=0.46)


def _collar_stand(bodice: Bodice) -> Panel:
    """The back of the collar as it is seen from the front, behind the neck."""
    half, top = bodice.neck, bodice.top
    outline = symmetric(
        spline((0, top - 16), (half * 0.6, top - 18), (half - 5, top - 20)),
        spline((half - 2, top + 12), (half * 0.6, top + 18), (0, top + 20)),
    )
    return Panel(outline=outline, tone=0.84, puff=14, relief=0.3, lift=0.2)


def _lining(bodice: Bodice, look: Look) -> list[Panel]:
    dark = mix(look.accent, (30, 30, 40), 0.55)
    panels = inside(bodice)
    return [replace(panels[0], tint=dark, tone=0.8), _collar_stand(bodice)]


def _tailored(look: Look, bodice: Bodice, wide: float, dart: float) -> list[Panel]:
    panels = [] if look.back else _lining(bodice, look)
    panels += sleeves(bodice, look, "long", loose=1.08, hem=False)
    lines: list[Stroke] = []
    bottom = bodice.hem[1]
    if look.back:
        lines += [
            seam(((0, bodice.top + 30), (0, bottom + 8)), 0.3),
            seam(((0, bottom - 120), (1, bottom + 8)), 0.6, 3),
        ]
    else:
        lines.append(seam(((0, bodice.top + bodice.depth), (0, bottom + 10)), 0.75, 3))
        for side in (-1, 1):
            lines.append(seam(spline((side * 84, 350), (side * dart, 470), (side * 92, 560)), 0.2))
    panels.append(
        torso(
            bodice,
            back=look.back,
            strokes=tuple(lines),
            hem_stitch=0,
            folds=torso_folds(look.random, bodice.armpit, bodice.hem, 0.8),
        )
    )
    if look.back:
        return panels + collar_back(bodice, 18, 30)
    lapel, collar = _lapel(bodice, bodice.top + bodice.depth, wide), _notched_collar(bodice)
    return [*panels, mirrored(lapel), lapel, mirrored(collar), collar]


def blazer(look: Look) -> Sketch:
    bodice = replace(
        REGULAR,
        neck=54,
        neckline="vee",
        depth=262,
        armpit=(156, 340),
        waist=(136, 490),
        hem=(160, 690),
        dip=10,
    )
    panels = _tailored(look, bodice, 86, 80)
    if not look.back:
        panels += [flap(left, 560, 80, 24) for left in (-130.0, 50.0)]
        panels.append(
            Panel(outline=((56, 330), (104, 322), (105, 338), (57, 346)), puff=5, lift=0.3)
        )
        panels += buttons(8, 420, 496, 2, HORN, 9)
    return Sketch(panels=tuple(panels), focus=(20, 300))


def coat(look: Look) -> Sketch:
    """Double-breasted, to the knee."""
    bodice = replace(
        REGULAR,
        neck=56,
        top=92,
        neckline="vee",
        depth=200,
        armpit=(160, 304),
        waist=(156, 470),
        hem=(186, 800),
        dip=8,
        shoulder=156,
    )
    panels = _tailored(look, bodice, 98, 92)
    if look.back:
        belt = Panel(outline=box(-100, 452, 100, 482), puff=9, lift=0.4)
        return Sketch(
            panels=(
                *panels,
                belt,
                *buttons(-84, 467, 467, 1, HORN, 9),
                *buttons(84, 467, 467, 1, HORN, 9),
            )
        )
    panels += [flap(left, 560, 84, 28) for left in (-146.0, 62.0)]
    for x in (-40.0, 44.0):
        panels += buttons(x, 322, 520, 3, HORN, 10)
    return Sketch(panels=tuple(panels), focus=(20, 270))
