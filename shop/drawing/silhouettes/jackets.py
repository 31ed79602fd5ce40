"""Jackets and coats."""

from dataclasses import replace

from ..geometry import Path, box, join, spline
from ..palette import BRASS, HORN, THREAD, WHITE, brightness, mix
from ..panels import Fold, Look, Panel, Sketch, Stroke, seam, stitch
from .bodice import Bodice, inside, neckband, torso
from .collars import collar_back, leaves
from .folds import crease, torso_folds
from .knits import RIB, hem_rib
from .sleeves import sleeves
from .trimmings import buttons, flap, patch_pocket, placket, slit, zipper

REGULAR = Bodice(
    neck=58,
    depth=40,
    shoulder=160,
    slope=44,
    armpit=(164, 344),
    waist=(160, 500),
    hem=(158, 660),
    dip=4,
)


def _tape(look: Look) -> tuple[int, int, int]:
    return mix(look.ground, (20, 20, 26), 0.55)


def bomber(look: Look) -> Sketch:
    """Ribbed collar, cuffs and hem, a zip and slanted pockets."""
    bodice = replace(REGULAR, waist=(172, 500), hem=(156, 624))
    panels = [] if look.back else inside(bodice)
    panels += sleeves(
        bodice, look, "long", loose=1.24, cuff=44, rib=RIB, puff=38, cuff_patterned=False
    )
    pockets = tuple(
        line for side in (-1, 1) for line in slit(((side * 112, 470), (side * 78, 566)))
    )
    panels.append(
        torso(
            bodice,
            back=look.back,
            hem_stitch=0,
            puff=44,
            strokes=() if look.back else pockets,
            folds=torso_folds(look.random, bodice.armpit, bodice.hem, 1.5),
        )
    )
    panels.append(hem_rib(bodice, 44))
    panels.append(neckband(bodice, back=look.back, width=30, rib=RIB))
    if not look.back:
        panels += zipper((0, bodice.top + 42), (0, bodice.hem[1] + 46), _tape(look))
    return Sketch(panels=tuple(panels))


def _trucker_seams(look: Look, back: bool) -> tuple[Stroke, ...]:
    thread = THREAD if brightness(look.ground) < 0.75 else mix(look.ground, HORN, 0.4)
    lines: list[Path] = [((-150.0, 268.0), (150.0, 268.0))]
    spread = ((42, 34), (112, 74)) if not back else ((70, 46),)
    for side in (-1, 1):
        lines += [((side * top, 268.0), (side * low, 640.0)) for top, low in spread]
    return tuple(
        stroke
        for line in lines
        for stroke in (
            seam(line, 0.3),
            stitch(tuple((x + 4, y + 4) for x, y in line), thread, 0.75),
        )
    )


def trucker(look: Look) -> Sketch:
    """The denim classic: chest pockets with flaps, metal buttons, a waistband."""
    bodice = replace(REGULAR, hem=(148, 616), waist=(156, 500), depth=36)
    thread = THREAD if brightness(look.ground) < 0.75 else mix(look.ground, HORN, 0.4)
    panels = sleeves(bodice, look, "long", loose=1.08, cuff=40)
    panels.append(
        torso(
            bodice,
            back=look.back,
            hem_stitch=0,
            strokes=_trucker_seams(look, look.back),
            folds=torso_folds(look.random, bodice.armpit, bodice.hem, 1.0),
        )
    )
    band = Panel(
        outline=box(-150, 610, 150, 646),
        puff=14,
        lift=0.3,
        strokes=(
            stitch(((-150, 617), (150, 617)), thread, 0.75),
            stitch(((-150, 640), (150, 640)), thread, 0.75),
        ),
    )
    panels.append(band)
    if look.back:
        return Sketch(panels=(*panels, *collar_back(bodice, 22, 40)))
    panels.append(placket(bodice.top + 44, 645, 17))
    for left in (-122.0, 42.0):
        panels.append(patch_pocket(left + 4, 274, 72, 96, thread=thread, point=16))
        panels.append(flap(left, 266, 80, 36, point=12, thread=thread))
    panels += buttons(0, 206, 626, 6, BRASS, 7, holes=False)
    panels += buttons(-82, 290, 290, 1, BRASS, 5.5, holes=False)
    panels += buttons(82, 290, 290, 1, BRASS, 5.5, holes=False)
    return Sketch(panels=(*panels, *leaves(bodice, drop=92, out=58, meet=48, rise=22)))


def _quilting(bodice: Bodice) -> tuple[Stroke, ...]:
    lines: list[Stroke] = []
    y = bodice.top + 96
    while y < bodice.hem[1] - 12:
        half = bodice.shoulder + 22
        lines.append(seam(spline((-half, y), (0, y + 5), (half, y)), 0.36, 2.4))
        y += 62
    return tuple(lines)


def puffer(look: Look) -> Sketch:
    """Quilted across, with a high collar and a zip."""
    bodice = replace(REGULAR, shoulder=166, armpit=(172, 350), waist=(174, 500), hem=(166, 650))
    panels = sleeves(bodice, look, "long", loose=1.42, cuff=26, puff=46, cuff_patterned=False)
    quilted = [replace(panel, folds=panel.folds + _rolls(bodice, panel)) for panel in panels[:2]]
    panels[:2] = quilted
    y, rolls = bodice.top + 65, []
    while y < bodice.hem[1]:
        rolls.append(crease((-bodice.hem[0] - 30, y), (bodice.hem[0] + 30, y), 4, 46, 0.75))
        y += 62
    puckers = torso_folds(look.random, bodice.armpit, bodice.hem, 1.0)
    panels.append(
        torso(
            bodice,
            back=look.back,
            hem_stitch=12,
            puff=40,
            strokes=_quilting(bodice),
            folds=(*rolls, *puckers),
        )
    )
    collar = join(
        spline((-62, 150), (-58, 108), (-50, 88)),
        spline((-50, 88), (0, 80), (50, 88)),
        spline((50, 88), (58, 108), (62, 150)),
        spline((62, 150), (0, 196), (-62, 150)),
    )
    panels.append(
        Panel(
            outline=collar,
            puff=24,
            lift=0.4,
            strokes=(seam(spline((-60, 122), (0, 136), (60, 122)), 0.36),),
        )
    )
    if not look.back:
        panels += zipper((0, 88), (0, bodice.hem[1] + 4), _tape(look), mix(WHITE, BRASS, 0.3))
    return Sketch(panels=tuple(panels))


def _rolls(bodice: Bodice, panel: Panel) -> tuple[Fold, ...]:
    side = 1 if panel.outline[0][0] > 0 else -1
    return tuple(
        crease(
            (side * (138 + step * 12), 250 + step * 62),
            (side * (262 + step * 9), 218 + step * 60),
            0,
            44,
            0.8,
        )
        for step in range(6)
    )
