"""Jumpers, cardigans and hooded sweatshirts."""

from dataclasses import replace

from ..geometry import Path, join, mirror, ribbon, shift, spline, symmetric
from ..palette import HORN, WHITE, mix
from ..panels import Look, Panel, Sketch, pair, seam, stitch
from .bodice import Bodice, inside, neckband, torso
from .folds import torso_folds
from .sleeves import sleeves
from .trimmings import buttons, cord

REGULAR = Bodice(
    neck=62,
    depth=44,
    shoulder=158,
    slope=46,
    armpit=(160, 340),
    waist=(162, 500),
    hem=(154, 640),
    dip=4,
)
RIB = 7.0


def hem_rib(bodice: Bodice, height: float = 40.0) -> Panel:
    """The ribbed band at the bottom; it draws the cloth in a little."""
    x, y = bodice.hem
    outline = symmetric(
        spline((0, y + bodice.dip - 5), (x + 2, y - 6)),
        spline((x + 3, y + height * 0.3), (x - 7, y + height)),
        spline((x - 7, y + height), (0, y + height + bodice.dip)),
    )
    return Panel(outline=outline, rib=RIB, patterned=False, puff=20, lift=0.2)


def _jumper(look: Look, bodice: Bodice, loose: float = 1.1, opened: bool = False) -> list[Panel]:
    panels = [] if look.back else inside(bodice)
    panels += sleeves(
        bodice, look, "long", loose=loose, cuff=44, rib=RIB, puff=34, cuff_patterned=False
    )
    folds = torso_folds(look.random, bodice.armpit, bodice.hem, 1.25)
    panels.append(
        torso(
            bodice,
            back=look.back,
            folds=folds,
            hem_stitch=0,
            puff=44,
            number=None if opened else (0.0, 395.0, 145.0),
        )
    )
    panels.append(hem_rib(bodice))
    return panels


def crew(look: Look) -> Sketch:
    panels = _jumper(look, REGULAR)
    panels.append(neckband(REGULAR, back=look.back, width=24, rib=RIB))
    return Sketch(panels=tuple(panels))


def vee(look: Look) -> Sketch:
    bodice = replace(REGULAR, neckline="vee", depth=118, neck=58)
    panels = _jumper(look, bodice, 1.05)
    panels.append(neckband(bodice, back=look.back, width=19, rib=RIB))
    return Sketch(panels=tuple(panels))


def _roll(bodice: Bodice, top: float) -> Path:
    half = bodice.neck
    return symmetric(
        spline((0, top), (half * 0.6, top + 2), (half - 5, top + 8)),
        spline(
            (half - 5, top + 8),
            (half - 1, top + 26),
            (half, bodice.top - 6),
            (half + 8, bodice.top + 10),
        ),
        spline((half + 8, bodice.top + 10), (half * 0.6, bodice.top + 34), (0, bodice.top + 40)),
    )


def turtleneck(look: Look) -> Sketch:
    bodice = replace(REGULAR, neck=56, depth=30, top=150)
    panels = _jumper(look, bodice, 1.0)
    roll = Panel(
        outline=_roll(bodice, bodice.top - 56), rib=RIB, patterned=False, puff=26, lift=0.34
    )
    fold = Panel(
        outline=shift(_roll(replace(bodice, neck=58), bodice.top - 62), 0, 0),
        rib=RIB,
        patterned=False,
        puff=26,
        lift=0.0,
    )
    folded = symmetric(
        spline((0, bodice.top - 60), (36, bodice.top - 58), (53, bodice.top - 50)),
        spline((53, bodice.top - 50), (60, bodice.top - 26), (58, bodice.top - 4)),
        spline((58, bodice.top - 4), (36, bodice.top + 8), (0, bodice.top + 11)),
    )
    top = replace(fold, outline=folded, lift=0.45)
    return Sketch(panels=(*panels, roll, top))


def _front_band(bodice: Bodice) -> Path:
    low = bodice.top + bodice.depth
    edge = join(
        spline(
            (bodice.neck - 2, bodice.top + 2),
            (bodice.neck * 0.66, bodice.top + bodice.depth * 0.44),
            (13, low - 6),
        ),
        ((12.0, bodice.hem[1] + 38),),
    )
    return ribbon(edge, 26)


def cardigan(look: Look) -> Sketch:
    bodice = replace(REGULAR, neckline="vee", depth=150, neck=56)
    panels = _jumper(look, bodice, 1.08, opened=True)
    if look.back:
        panels.append(neckband(bodice, back=True, width=20, rib=RIB))
        return Sketch(panels=tuple(panels))
    panels += pair(
        lambda: Panel(outline=_front_band(bodice), rib=RIB, patterned=False, puff=13, lift=0.32)
    )
    light = mix(HORN, WHITE, 0.1)
    panels += buttons(0, bodice.top + bodice.depth + 18, bodice.hem[1] + 14, 5, light, 9)
    return Sketch(panels=tuple(panels), focus=(30, 300))


def _hood(bodice: Bodice, back: bool) -> list[Panel]:
    half, top = bodice.neck, bodice.top
    if back:
        outline = symmetric(
            spline((0, top - 44), (half * 0.8, top - 30), (half + 22, top + 10)),
            spline((half + 22, top + 10), (half + 8, top + 88), (0, top + 122)),
        )
        return [
            Panel(
                outline=outline,
                puff=36,
                lift=0.45,
                patterned=False,
                strokes=(seam(((0, top - 44), (0, top + 120)), 0.3),),
            )
        ]
    shell = symmetric(
        spline((0, top - 62), (half * 0.9, top - 46), (half + 26, top + 2), (half + 20, top + 44)),
        spline((half + 20, top + 44), (half * 0.5, top + 80), (0, top + 96)),
    )
    mouth = symmetric(
        spline((0, top - 40), (half * 0.7, top - 30), (half - 2, top + 6)),
        spline((half - 2, top + 6), (half * 0.5, top + 52), (0, top + 86)),
    )
    rim = spline(
        *[
            (x * 1.0, y)
            for x, y in spline((half - 2, top + 4), (half * 0.52, top + 54), (2, top + 90))
        ]
    )
    edge = Panel(
        outline=ribbon(rim, 17),
        puff=12,
        lift=0.4,
        patterned=False,
        strokes=(stitch(tuple((x + 6, y + 3) for x, y in rim)),),
    )
    return [
        Panel(outline=shell, puff=34, lift=0.35, patterned=False),
        Panel(outline=mouth, tone=0.62, relief=-0.3, lift=0, patterned=False),
        edge,
        replace(edge, outline=mirror(edge.outline), strokes=()),
    ]


def _pouch(bodice: Bodice) -> Panel:
    low = bodice.hem[1] - 4
    outline = symmetric(
        ((0.0, low - 132), (58.0, low - 132)),
        spline((58, low - 132), (84, low - 96), (104, low - 52)),
        ((106.0, low), (0.0, low + 2)),
    )
    side = spline((53, low - 128), (78, low - 92), (98, low - 50))
    return Panel(
        outline=outline,
        puff=16,
        lift=0.3,
        strokes=(stitch(side), stitch(mirror(side)), stitch(((-58, low - 126), (58, low - 126)))),
    )


def hoodie(look: Look) -> Sketch:
    bodice = replace(REGULAR, neck=66, depth=62, top=150)
    panels = _jumper(look, bodice, 1.16)
    if not look.back and not look.number:
        panels.append(_pouch(bodice))
    panels += _hood(bodice, look.back)
    if not look.back:
        pale = mix(look.ground, WHITE, 0.75)
        for side, low in ((-1, 316), (1, 330)):
            panels.append(cord(spline((side * 16, 222), (side * 22, 262), (side * 17, low)), pale))
    return Sketch(panels=tuple(panels))
