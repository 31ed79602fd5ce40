"""Woven shirts and blouses that button."""

from dataclasses import replace

from ..geometry import box, spline
from ..palette import WHITE, mix
from ..panels import Look, Panel, Sketch, Stroke, seam, stitch
from .bodice import Bodice, inside, torso
from .collars import camp_collar, shirt_collar, stand_collar
from .folds import torso_folds
from .sleeves import sleeves
from .trimmings import buttons, patch_pocket, placket

REGULAR = Bodice(
    neck=54, depth=34, top=140, shoulder=150, hem=(152, 706), waist=(144, 500), dip=20
)


def _yoke(bodice: Bodice, back: bool) -> tuple[Stroke, ...]:
    if not back:
        return ()
    y = bodice.top + 104
    across = spline((-bodice.shoulder + 6, y - 8), (0, y + 4), (bodice.shoulder - 6, y - 8))
    pleat = tuple(seam(((x, y + 4), (x * 1.3, y + 210)), 0.2) for x in (-13.0, 13.0))
    return (seam(across, 0.34), stitch(tuple((x, py + 6) for x, py in across)), *pleat)


def _body(look: Look, bodice: Bodice, length: str, cuff: float, loose: float = 1.0) -> list[Panel]:
    panels = sleeves(bodice, look, length, loose=loose, cuff=cuff)
    folds = torso_folds(look.random, bodice.armpit, bodice.hem, 1.1)
    panels.append(
        torso(
            bodice,
            back=look.back,
            folds=folds,
            strokes=_yoke(bodice, look.back),
            number=(0, 400, 130),
        )
    )
    return panels


def _front(look: Look, bodice: Bodice, top: float, count: int) -> list[Panel]:
    bottom = bodice.hem[1] + bodice.dip
    pearl = mix(WHITE, look.ground, 0.1)
    strip = placket(top, bottom - 1)
    return [strip, *buttons(0, top + 26, bottom - 88, count, pearl, 5.6)]


def classic(look: Look) -> Sketch:
    """Long sleeves, a pointed collar, a chest pocket, rounded tails."""
    bodice = replace(REGULAR, dip=24)
    panels = _body(look, bodice, "long", 34)
    if not look.back:
        panels += _front(look, bodice, bodice.top + 40, 7)
        panels.append(patch_pocket(48, 302, 66, 76))
    return Sketch(panels=tuple(panels + shirt_collar(bodice, look.back)))


def short(look: Look) -> Sketch:
    bodice = replace(REGULAR, hem=(156, 680), waist=(150, 500), dip=10)
    panels = _body(look, bodice, "short", 0, 1.04)
    if not look.back:
        panels += _front(look, bodice, bodice.top + 40, 6)
        panels.append(patch_pocket(50, 302, 62, 72))
    return Sketch(panels=tuple(panels + shirt_collar(bodice, look.back)))


def camp(look: Look) -> Sketch:
    """A boxy holiday shirt with an open collar."""
    bodice = replace(
        REGULAR,
        neck=56,
        depth=104,
        neckline="vee",
        shoulder=166,
        slope=46,
        armpit=(166, 348),
        waist=(166, 500),
        hem=(168, 664),
        dip=3,
    )
    panels = [] if look.back else inside(bodice)
    panels += _body(look, bodice, "short", 0, 1.12)
    if not look.back:
        panels += _front(look, bodice, bodice.top + bodice.depth, 5)
        panels.append(patch_pocket(58, 316, 72, 78, point=0))
    return Sketch(panels=tuple(panels + camp_collar(bodice, look.back)))


def grandad(look: Look) -> Sketch:
    """A stand collar and a half placket, loose as a tunic."""
    bodice = replace(REGULAR, neck=52, depth=36, waist=(154, 500), hem=(166, 726), dip=16)
    panels = _body(look, bodice, "long", 30, 1.05)
    if not look.back:
        top, bottom = bodice.top + 26, bodice.top + 248
        panels.append(placket(top, bottom, 14))
        panels.append(Panel(outline=box(-14, bottom - 16, 14, bottom), puff=5, lift=0.1))
        panels += buttons(0, top + 30, bottom - 36, 4, mix(WHITE, look.ground, 0.1), 5.6)
    return Sketch(panels=tuple(panels + stand_collar(bodice, look.back)))


def blouse(look: Look) -> Sketch:
    """Narrow waist, full sleeves gathered into deep cuffs."""
    bodice = replace(
        REGULAR,
        neck=56,
        depth=92,
        neckline="vee",
        shoulder=136,
        slope=34,
        armpit=(136, 316),
        waist=(116, 470),
        hem=(142, 650),
        dip=12,
    )
    panels = [] if look.back else inside(bodice, label=False)
    panels += _body(look, bodice, "long", 52, 1.24)
    if not look.back:
        panels += _front(look, bodice, bodice.top + bodice.depth - 4, 5)
    return Sketch(panels=tuple(panels + camp_collar(bodice, look.back)))
