"""Trousers and shorts."""

from dataclasses import dataclass, replace

from ..geometry import Path, box, join, offset, spline, symmetric
from ..palette import BRASS, THREAD, WHITE, Colour, brightness, mix
from ..panels import Drape, Look, Panel, Sketch, Stroke, pair, seam, stitch
from .folds import crease, limb_folds
from .knits import RIB
from .trimmings import button, cord, patch_pocket, slit


@dataclass(frozen=True, kw_only=True)
class Leg:
    """Measures of trousers; all x on the right side."""

    waist: float = 112.0
    top: float = 110.0
    hip: float = 142.0
    crotch: float = 322.0
    knee: tuple[float, float] = (36.0, 138.0)  # inner and outer x at the knee
    hem: tuple[float, float] = (44.0, 130.0)
    bottom: float = 826.0

    def outline(self) -> Path:
        knee_y = self.crotch + (self.bottom - self.crotch) * 0.46
        outer = spline(
            (self.waist, self.top),
            (self.hip - 6, self.top + 95),
            (self.hip, self.crotch - 30),
            (self.knee[1], knee_y),
            (self.hem[1], self.bottom),
        )
        inner = spline(
            (self.hem[0], self.bottom + 4),
            (self.knee[0], knee_y),
            (9, self.crotch + 22),
            (1, self.crotch),
        )
        middle = (self.hem[0] + self.hem[1]) / 2
        edge = spline(
            (self.hem[1], self.bottom), (middle, self.bottom + 7), (self.hem[0], self.bottom + 4)
        )
        return join(((-1.0, self.top),), outer, edge, inner)

    def cross(self, up: float) -> Path:
        return (self.hem[1] + 2, self.bottom - up), (self.hem[0] - 2, self.bottom + 4 - up)


def _thread(look: Look, denim: bool) -> Colour | None:
    return THREAD if denim and brightness(look.ground) < 0.75 else None


def _sew(path: Path, thread: Colour | None) -> Stroke:
    return stitch(path, thread, 0.75 if thread else 0.34)


def _leg_strokes(leg: Leg, look: Look, thread: Colour | None, creased: bool) -> list[Stroke]:
    strokes = [_sew(leg.cross(16), thread)] if leg.bottom else []
    if creased:
        middle = (leg.hem[0] + leg.hem[1]) / 2
        strokes.append(seam(((leg.waist * 0.6, leg.top + 90), (middle, leg.bottom)), 0.22, 2.4))
    if not look.back:
        pocket = spline(
            (leg.waist - 44, leg.top + 22),
            (leg.waist - 20, leg.top + 66),
            (leg.hip - 4, leg.top + 90),
        )
        strokes += [seam(pocket, 0.5, 2.6), _sew(offset(pocket, -6), thread)]
    return strokes


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
    thread = _thread(look, denim)
    length = leg.bottom - leg.crotch

    def one() -> Panel:
        mid = (leg.hem[0] + leg.hem[1]) / 2
        width = leg.hem[1] - leg.hem[0]
        folds = limb_folds(
            look.random,
            (72, leg.crotch + 20),
            (mid, leg.bottom - 10),
            width * 0.9,
            6 if length > 300 else 2,
            0.34 * loose,
        )
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
        drape = (
            Drape(
                apex=(40, -900),
                top=leg.crotch,
                bottom=leg.bottom,
                slope=flutes,
                wavelength=52,
                phase=look.random.uniform(0, 6),
            )
            if flutes
            else None
        )
        return Panel(
            outline=leg.outline(),
            folds=folds + pulls,
            drape=drape,
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


def waistband(
    leg: Leg, look: Look, *, denim: bool = False, height: float = 30.0, loops: bool = True
) -> list[Panel]:
    thread = _thread(look, denim)
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
            strokes=(_sew(low, thread),),
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


def _fly(leg: Leg, look: Look, denim: bool) -> list[Panel]:
    thread = _thread(look, denim)
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
        strokes=(_sew(line, thread), seam(((0, leg.top + 12), (0, leg.crotch - 40)), 0.5)),
    )
    stud = button(
        (0, leg.top - 2), BRASS if denim else mix(look.ground, WHITE, 0.4), 7.5, holes=not denim
    )
    return [strip, stud]


def _seat(leg: Leg, look: Look, denim: bool) -> list[Panel]:
    """The back: patch pockets on jeans, let-in pockets else."""
    thread = _thread(look, denim)
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


def _assemble(
    look: Look,
    leg: Leg,
    *,
    denim: bool = False,
    creased: bool = False,
    loose: float = 1.0,
    flutes: float = 0.0,
) -> list[Panel]:
    panels = legs(look, leg, denim=denim, creased=creased, loose=loose, flutes=flutes)
    panels += _seat(leg, look, denim) if look.back else _fly(leg, look, denim)[:1]
    panels += waistband(leg, look, denim=denim)
    if not look.back:
        panels.append(_fly(leg, look, denim)[1])
    return panels


def chinos(look: Look) -> Sketch:
    leg = Leg(knee=(42, 132), hem=(58, 122))
    return Sketch(panels=tuple(_assemble(look, leg)), focus=(30, 230))


def jeans(look: Look) -> Sketch:
    leg = Leg(knee=(34, 142), hem=(40, 142), hip=146)
    return Sketch(panels=tuple(_assemble(look, leg, denim=True, loose=1.15)), focus=(30, 210))


def wide(look: Look) -> Sketch:
    """Pressed and wide from the hip."""
    leg = Leg(waist=106, knee=(20, 168), hem=(16, 196), hip=140)
    panels = _assemble(look, leg, creased=True, loose=0.8, flutes=0.24)
    return Sketch(panels=tuple(panels), focus=(30, 230))


def _drawstring(leg: Leg, look: Look) -> list[Panel]:
    tint = mix(look.ground, WHITE if brightness(look.ground) < 0.7 else (60, 60, 66), 0.8)
    return [
        cord(
            spline((side * 6, leg.top + 2), (side * 20, leg.top + 40), (side * 12, leg.top + low)),
            tint,
        )
        for side, low in ((-1, 92), (1, 104))
    ]


def _elastic(leg: Leg, look: Look) -> list[Panel]:
    band = waistband(replace(leg, top=leg.top), look, height=36, loops=False)
    return [*band[:-1], replace(band[-1], rib=RIB, strokes=(), patterned=False)]


def joggers(look: Look) -> Sketch:
    """Soft, with a drawstring and ribbed ankles."""
    leg = Leg(waist=114, hip=152, knee=(30, 146), hem=(58, 122), bottom=790)
    panels = legs(look, leg, loose=1.5)
    cuff: Path = join(
        ((125.0, 784.0), (119.0, 830.0)),
        spline((119, 830), (90, 835), (62, 832)),
        ((56.0, 788.0),),
    )
    panels += pair(lambda: Panel(outline=cuff, rib=RIB, patterned=False, puff=18, lift=0.25))
    panels += _elastic(leg, look)
    if not look.back:
        panels += _drawstring(leg, look)
    return Sketch(panels=tuple(panels), focus=(30, 220))


SHORT = Leg(waist=146, top=210, hip=184, crotch=430, knee=(13, 198), hem=(18, 210), bottom=604)


def chino_shorts(look: Look) -> Sketch:
    leg = SHORT
    panels = _assemble(look, leg)
    cuff = join(
        ((211.0, 570.0), (216.0, 608.0)),
        spline((216, 608), (116, 620), (12, 614)),
        spline((14, 576), (116, 582), (211, 570)),
    )
    panels[2:2] = pair(lambda: Panel(outline=cuff, puff=14, lift=0.3))
    return Sketch(panels=tuple(panels), focus=(40, 330))


def denim_shorts(look: Look) -> Sketch:
    leg = replace(SHORT, bottom=570, hem=(16, 206))
    return Sketch(panels=tuple(_assemble(look, leg, denim=True, loose=1.2)), focus=(40, 310))


def swim_shorts(look: Look) -> Sketch:
    """Elastic waist, drawstring, curved side slits."""
    leg = replace(SHORT, hem=(14, 220), knee=(10, 206), bottom=600, hip=190)
    panels = legs(look, leg, loose=1.4, flutes=0.16)
    if look.number:
        panels[0] = replace(panels[0], number=(128, 530, 84))
    panels += _elastic(leg, look)
    if not look.back:
        panels += _drawstring(leg, look)
    return Sketch(panels=tuple(panels), focus=(40, 330))


def bermudas(look: Look) -> Sketch:
    """Pressed, to the knee."""
    leg = Leg(waist=130, top=150, hip=164, crotch=384, knee=(26, 168), hem=(24, 166), bottom=700)
    return Sketch(panels=tuple(_assemble(look, leg, creased=True)), focus=(40, 280))
