"""Sleeves that hang from an armhole, and their cuffs."""

from dataclasses import dataclass
from math import atan2, cos, degrees, radians, sin

from ..geometry import Path, Point, between, join, spline
from ..palette import Colour
from ..panels import Look, Panel, Stroke, pair, stitch
from .bodice import Bodice
from .folds import limb_folds


@dataclass(frozen=True, kw_only=True)
class Sleeve:
    """A right sleeve: an upper arm, an elbow and a wrist, with half widths."""

    tip: Point
    armpit: Point
    elbow: Point
    wrist: Point
    elbow_half: float
    wrist_half: float
    crown: float = 6.0

    def _across(self, start: Point, end: Point, at: Point, half: float) -> tuple[Point, Point]:
        angle = atan2(end[0] - start[0], end[1] - start[1])
        side = cos(angle) * half, -sin(angle) * half
        return (at[0] + side[0], at[1] + side[1]), (at[0] - side[0], at[1] - side[1])

    @property
    def root(self) -> Point:
        return between(self.tip, self.armpit, 0.5)

    @property
    def angle(self) -> float:
        return degrees(atan2(self.wrist[0] - self.root[0], self.wrist[1] - self.root[1]))

    def edge(self, share: float, grow: float = 0.0) -> tuple[Point, Point]:
        """Outer and inner point of a cut across the lower arm; share 1 is the wrist."""
        at = between(self.elbow, self.wrist, share)
        half = self.elbow_half + (self.wrist_half - self.elbow_half) * share + grow
        return self._across(self.elbow, self.wrist, at, half)

    def outline(self) -> Path:
        bend = self._across(self.root, self.wrist, self.elbow, self.elbow_half)
        end = self.edge(1.0)
        start = (self.tip[0] - 24, self.tip[1] - 10)
        top = (self.tip[0] + 1, self.tip[1] - 2)
        crown = (self.tip[0] + self.crown * 2.2, self.tip[1] + 15 + self.crown)
        outer = spline(start, top, crown, bend[0], end[0])
        middle = between(end[0], end[1], 0.5)
        angle = radians(self.angle)
        low = middle[0] + 4 * sin(angle), middle[1] + 4 * cos(angle)
        inner = spline(end[1], bend[1], (self.armpit[0] - 1, self.armpit[1] + 3))
        hidden = ((self.armpit[0] - 34, self.armpit[1] - 20),)
        return join(outer, spline(end[0], low, end[1]), inner, hidden)

    def cross(self, share: float) -> Path:
        outer, inner = self.edge(share)
        middle = between(outer, inner, 0.5)
        angle = radians(self.angle)
        return spline(outer, (middle[0] + 4 * sin(angle), middle[1] + 4 * cos(angle)), inner)


def sleeve_for(bodice: Bodice, length: str, loose: float = 1.0) -> Sleeve:
    """A sleeve of one of the lengths cap, short, elbow, long, made to fit the bodice."""
    tip, pit = bodice.tip, bodice.armpit
    root = between(tip, pit, 0.5)
    reach, angle, elbow_half, wrist_half = {
        "cap": (78.0, 46.0, 62.0, 52.0),
        "short": (142.0, 34.0, 63.0, 55.0),
        "elbow": (236.0, 24.0, 56.0, 45.0),
        "long": (420.0, 14.5, 48.0, 31.0),
    }[length]
    first, second = radians(angle + 4), radians(angle - 5)
    half = reach * 0.46
    elbow = root[0] + half * sin(first), root[1] + half * cos(first)
    wrist = (elbow[0] + (reach - half) * sin(second), elbow[1] + (reach - half) * cos(second))
    return Sleeve(
        tip=tip,
        armpit=pit,
        elbow=elbow,
        wrist=wrist,
        elbow_half=elbow_half * loose,
        wrist_half=wrist_half * loose,
    )


def sleeve_panel(
    sleeve: Sleeve, look: Look, *, hem: bool = True, depth: float = 0.4, puff: float = 26.0
) -> Panel:
    length = sleeve.wrist[1] - sleeve.root[1]
    count = 3 if length < 160 else 6
    folds = limb_folds(look.random, sleeve.root, sleeve.wrist, sleeve.elbow_half * 2, count, depth)
    share = 1 - 26 / max(length, 60)
    strokes: tuple[Stroke, ...] = (stitch(sleeve.cross(share)),) if hem else ()
    body = (sleeve.root[0] - 90, sleeve.tip[1]), sleeve.tip, sleeve.armpit, (20.0, 420.0)
    return Panel(
        outline=sleeve.outline(),
        grain=-sleeve.angle,
        folds=folds,
        strokes=strokes,
        puff=puff,
        relief=0.62,
        lift=0.2,
        joined=(body,),
    )


def cuff_panel(
    sleeve: Sleeve,
    height: float,
    *,
    grow: float = 2.0,
    rib: float = 0.0,
    tint: Colour | None = None,
    patterned: bool = True,
) -> Panel:
    """A band around the wrist."""
    length = (
        (sleeve.wrist[0] - sleeve.elbow[0]) ** 2 + (sleeve.wrist[1] - sleeve.elbow[1]) ** 2
    ) ** 0.5
    outer, inner = sleeve.edge(1 - height / length, grow)
    end_outer, end_inner = sleeve.edge(1 + 5 / length, grow * 0.4)
    outline = join(spline(outer, between(outer, inner, 0.5), inner), (end_inner, end_outer))
    strokes = (stitch((outer, inner)),) if not rib else ()
    return Panel(
        outline=outline,
        grain=-sleeve.angle,
        rib=rib,
        tint=tint,
        patterned=patterned,
        puff=15,
        lift=0.24,
        strokes=strokes,
    )


def sleeves(
    bodice: Bodice,
    look: Look,
    length: str,
    *,
    loose: float = 1.0,
    cuff: float = 0.0,
    rib: float = 0.0,
    puff: float = 26.0,
    cuff_tint: Colour | None = None,
    cuff_patterned: bool = True,
    hem: bool = True,
) -> list[Panel]:
    """Both sleeves, with cuffs `cuff` units high if that is not 0."""
    sleeve = sleeve_for(bodice, length, loose)
    panels = pair(lambda: sleeve_panel(sleeve, look, hem=hem and not cuff, puff=puff))
    if cuff:
        panels += pair(
            lambda: cuff_panel(sleeve, cuff, rib=rib, tint=cuff_tint, patterned=cuff_patterned)
        )
    return panels
