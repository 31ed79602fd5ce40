"""Dresses: a bodice and a skirt, joined at the waist or cut in one."""

from dataclasses import replace

from ..geometry import box, mirror, ribbon, spline, symmetric
from ..palette import WHITE, mix
from ..panels import Drape, Look, Panel, Sketch, Stroke, pair, seam, stitch
from .bodice import Bodice, inside, neckband, torso
from .collars import shirt_collar
from .folds import crease, torso_folds
from .hanging import skirt_part
from .sleeves import sleeves
from .trimmings import buttons, cord, placket

WAIST = 372.0
TOP = Bodice(
    neck=66,
    top=70,
    depth=74,
    shoulder=122,
    slope=26,
    armpit=(112, 216),
    waist=(98, 318),
    hem=(88, WAIST),
    dip=4,
)


def _bodice(
    look: Look,
    bodice: Bodice,
    *,
    sleeve: str = "",
    loose: float = 1.0,
    band: float = 9.0,
    strokes: tuple[Stroke, ...] = (),
) -> list[Panel]:
    panels = [] if look.back else inside(bodice, label=bodice.depth < 120)
    if sleeve:
        panels += sleeves(bodice, look, sleeve, loose=loose)
    if look.back:
        strokes = (
            *strokes,
            seam(((0, bodice.top + 14), (0, bodice.hem[1])), 0.4),
        )
    body = torso(
        bodice,
        back=look.back,
        strokes=strokes,
        hem_stitch=0,
        sleeved=bool(sleeve),
        folds=torso_folds(look.random, bodice.armpit, bodice.hem, 0.7),
        puff=30,
    )
    panels.append(body)
    if band:
        panels.append(neckband(bodice, back=look.back, width=band, rib=0))
    return panels


def _darts() -> tuple[Stroke, ...]:
    return tuple(
        seam(spline((side * 62, 240), (side * 52, 310), (side * 46, WAIST)), 0.2)
        for side in (-1, 1)
    )


def _sash(half: float, y: float, look: Look, plain: bool = True) -> Panel:
    height = 22.0
    outline = symmetric(
        ((0.0, y - height / 2 + 3), (half + 2, y - height / 2)),
        ((half + 2, y + height / 2), (0.0, y + height / 2 + 3)),
    )
    return Panel(outline=outline, puff=10, lift=0.34, patterned=not plain)


def skater(look: Look) -> Sketch:
    """Sleeveless, fitted above and wide below the waist."""
    panels = [skirt_part(look, WAIST, 87, 690, 232, slope=0.42, wavelength=70, curve=0.46)]
    panels += _bodice(look, TOP, strokes=_darts())
    panels.append(_sash(88, WAIST + 2, look))
    return Sketch(panels=tuple(panels), focus=(20, 180))


def tea(look: Look) -> Sketch:
    """Short sleeves, a V-neck and a skirt to the calf."""
    bodice = replace(TOP, neckline="vee", depth=128, neck=62, shoulder=126)
    panels = [skirt_part(look, WAIST, 87, 806, 208, slope=0.36, wavelength=66, curve=0.42)]
    panels += _bodice(look, bodice, sleeve="short", loose=0.82, strokes=_darts())
    if not look.back:
        panels += buttons(
            0, bodice.top + bodice.depth + 16, WAIST - 22, 4, mix(WHITE, look.ground, 0.15), 6
        )
    panels.append(_sash(88, WAIST + 2, look, plain=False))
    return Sketch(panels=tuple(panels), focus=(20, 200))


def wrap(look: Look) -> Sketch:
    """Long sleeves and a front that crosses over and is tied at the side."""
    bodice = replace(TOP, neckline="vee", depth=188, neck=60, shoulder=128)
    panels = [skirt_part(look, WAIST, 87, 790, 182, slope=0.3, wavelength=74, curve=0.5)]
    panels += _bodice(look, bodice, sleeve="long", loose=0.92, band=0)
    if look.back:
        return Sketch(panels=(*panels, _sash(88, WAIST, look)))
    edge = spline((62, 72), (34, 162), (-20, 268), (-84, WAIST))
    panels.append(Panel(outline=ribbon(edge, 13), puff=9, lift=0.42, patterned=False))
    over = spline((-86, WAIST + 8), (-30, 560), (36, 795))
    panels.append(Panel(outline=ribbon(over, 4), puff=5, lift=0.5, patterned=False))
    panels.append(_sash(88, WAIST, look))
    for end in ((-112, 560), (-84, 590)):
        panels.append(
            Panel(
                outline=ribbon(spline((-84, WAIST), (end[0] - 8, 460), end), 9, 17),
                puff=8,
                lift=0.4,
                patterned=False,
            )
        )
    panels.append(
        Panel(outline=box(-96, WAIST - 13, -72, WAIST + 13), puff=12, lift=0.4, patterned=False)
    )
    return Sketch(panels=tuple(panels), focus=(-10, 240))


def slip(look: Look) -> Sketch:
    """Thin straps and a column that runs to the ankle."""
    side = spline((96, 232), (80, 340), (108, 470), (126, 640), (140, 836))
    top = 176 if not look.back else 214
    line = (
        spline((0, top + 34), (34, top + 14), (70, top))
        if not look.back
        else spline((0, top + 6), (40, top + 2), (70, top - 20))
    )
    body = symmetric(
        line,
        spline((70, line[-1][1]), (84, 206), (96, 232)),
        side,
        spline((140, 836), (70, 848), (0, 852)),
    )
    folds = torso_folds(look.random, (96, 250), (130, 800), 1.2)
    drape = Drape(
        apex=(0, -300),
        top=380,
        bottom=840,
        wavelength=58,
        slope=0.3,
        phase=look.random.uniform(0, 6),
    )
    panel = Panel(
        outline=body,
        folds=folds,
        drape=drape,
        puff=30,
        lift=0.2,
        strokes=(stitch(tuple((x, y + 9) for x, y in mirror(line) + line)),),
    )
    straps = pair(
        lambda: Panel(
            outline=ribbon(spline((68, line[-1][1] + 6), (62, 130), (50, 70)), 6),
            puff=5,
            lift=0.3,
            patterned=False,
        )
    )
    behind = Panel(
        outline=symmetric(((0.0, 226.0), (70.0, 190.0)), ((80.0, 240.0), (0.0, 260.0))),
        tone=0.64,
        relief=-0.2,
        lift=0,
    )
    under = [] if look.back else [behind]
    return Sketch(panels=(*under, *straps, panel), focus=(10, 240))


def shirtdress(look: Look) -> Sketch:
    bodice = replace(TOP, neck=48, top=84, depth=34, shoulder=130, slope=34, armpit=(124, 240))
    panels = [skirt_part(look, WAIST + 6, 90, 740, 158, slope=0.24, wavelength=70)]
    panels += _bodice(look, bodice, sleeve="elbow", loose=0.94, band=0)
    if not look.back:
        panels.append(placket(bodice.top + 40, 760, 14))
        panels += buttons(0, 156, 700, 8, mix(WHITE, look.ground, 0.12), 6)
    belt = replace(
        _sash(94, WAIST, look),
        outline=symmetric(
            ((0.0, WAIST - 9), (95.0, WAIST - 12)), ((95.0, WAIST + 13), (0.0, WAIST + 16))
        ),
    )
    panels.append(belt)
    if not look.back:
        panels.append(
            cord(
                (
                    (-4.0, WAIST - 14),
                    (26.0, WAIST - 14),
                    (26.0, WAIST + 19),
                    (-4.0, WAIST + 19),
                    (-4.0, WAIST - 14),
                ),
                (186, 150, 92),
                5,
            )
        )
    return Sketch(panels=(*panels, *shirt_collar(bodice, look.back)), focus=(20, 200))


def tshirt(look: Look) -> Sketch:
    """A long T-shirt, cut straight to the knee."""
    bodice = Bodice(
        neck=60,
        top=80,
        depth=44,
        shoulder=140,
        slope=36,
        armpit=(142, 262),
        waist=(136, 470),
        hem=(166, 776),
        dip=12,
    )
    panels = [] if look.back else inside(bodice)
    panels += sleeves(bodice, look, "short", loose=0.96)
    folds = (
        *torso_folds(look.random, bodice.armpit, bodice.hem, 1.2),
        crease((-60, 520), (-96, 760), 8, 30, 0.3),
        crease((70, 540), (96, 770), -6, 30, -0.3),
    )
    panels.append(torso(bodice, back=look.back, folds=folds, number=(0, 330, 150)))
    panels.append(neckband(bodice, back=look.back))
    return Sketch(panels=tuple(panels), focus=(20, 200))
