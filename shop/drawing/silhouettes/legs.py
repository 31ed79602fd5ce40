"""Two legs, a waistband and a fly: what trousers and shorts share."""

from ..geometry import Path, box, offset, spline
from ..palette import Colour
from ..panels import Drape, Fold, Look, Panel, Stroke, pair, seam
from .folds import crease, limb_folds
from .leg import Leg, sewn, thread_for
from .trimmings import patch_pocket, slit
from .waists import fly, waistband


def _leg_strokes(leg: Leg, look: Look, thread: Colour | None, creased: bool) -> list[Stroke]:
    strokes = [sewn(leg.cross(16), thread)] if leg.bottom else []
    if creased:
        middle = (leg.hem[0] + leg.hem[1]) / 2
        strokes.append(seam(((leg.waist * 0.6, leg.top + 90), (middle, leg.bottom)), 0.22, 2.4))
    if not look.back:
        pocket = spline(
            (leg.waist - 44, leg.top + 22),
            (leg.waist - 20, leg.top + 66),
            (leg.hip - 4, leg.top + 90),
        )
        strokes += [seam(pocket, 0.5, 2.6), sewn(offset(pocket, -6), thread)]
    return strokes


def _leg_folds(look: Look, leg: Leg, loose: float) -> tuple[Fold, ...]:
    """Creases down the leg, and pulls that spread from the crotch."""
    middle, width = (leg.hem[0] + leg.hem[1]) / 2, leg.hem[1] - leg.hem[0]
    count = 6 if leg.bottom - leg.crotch > 300 else 2
    start, end = (72.0, leg.crotch + 20), (middle, leg.bottom - 10)
    folds = limb_folds(look.random, start, end, width * 0.9, count, 0.34 * loose)
    pulls = tuple(
        crease(
            (6, leg.crotch - 10 + i * 12),
            (66 + i * 22, leg.crotch - 40 + i * 34),
            -5,
            11,
            0.32 * loose,
        )
        for i in range(3)
    )
    return folds + pulls


def _leg_drape(look: Look, leg: Leg, slope: float) -> Drape | None:
    if not slope:
        return None
    phase = look.random.uniform(0, 6)
    return Drape(
        apex=(40, -900), top=leg.crotch, bottom=leg.bottom, slope=slope, wavelength=52, phase=phase
    )


def legs(
    look: Look,
    leg: Leg,
    *,
    denim: bool = False,
    creased: bool = False,
    loose: float = 1.0,
    flutes: float = 0.0,
) -> list[Panel]:
    """Both legs, meeting in the centre seam."""
    thread = thread_for(look, denim)

    def one() -> Panel:
        return Panel(
            outline=leg.outline(),
            folds=_leg_folds(look, leg, loose),
            drape=_leg_drape(look, leg, flutes),
            puff=34,
            lift=0.16,
            joined=(_hips(leg),),
            strokes=tuple(_leg_strokes(leg, look, thread, creased)),
        )

    return pair(one)


def _hips(leg: Leg) -> Path:
    return (
        (-leg.waist, leg.top),
        (leg.waist, leg.top),
        (leg.hip, leg.crotch - 30),
        (30.0, leg.crotch - 20),
        (-30.0, leg.crotch - 20),
        (-leg.hip, leg.crotch - 30),
    )


def _seat(leg: Leg, look: Look, denim: bool) -> list[Panel]:
    """The back: patch pockets on jeans, let-in pockets else."""
    thread = thread_for(look, denim)
    if denim:
        pocket = patch_pocket(32, leg.top + 62, 76, 92, thread=thread, point=14)
        return pair(lambda: pocket)
    line = ((36.0, leg.top + 80), (96.0, leg.top + 76))
    return pair(
        lambda: Panel(
            outline=box(32, leg.top + 66, 100, leg.top + 90),
            relief=0.05,
            puff=6,
            lift=0,
            strokes=(*slit(line),),
        )
    )


def assemble(
    look: Look,
    leg: Leg,
    *,
    denim: bool = False,
    creased: bool = False,
    loose: float = 1.0,
    flutes: float = 0.0,
) -> list[Panel]:
    panels = legs(look, leg, denim=denim, creased=creased, loose=loose, flutes=flutes)
    panels += _seat(leg, look, denim) if look.back else fly(leg, look, denim)[:1]
    panels += waistband(leg, look, denim=denim)
    if not look.back:
        panels.append(fly(leg, look, denim)[1])
    return panels
