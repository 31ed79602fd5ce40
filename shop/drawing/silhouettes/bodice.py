"""The upper body: torso, neckline, neckband and what is seen inside the neck."""

from dataclasses import dataclass

from ..geometry import Path, Point, box, join, mirror, ribbon, spline, symmetric
from ..palette import Colour
from ..panels import Drape, Fold, Panel, Stroke, stitch


@dataclass(frozen=True, kw_only=True)
class Bodice:
    """Measures of a torso; points are on its right side."""

    neck: float = 60.0
    top: float = 136.0
    depth: float = 48.0
    neckline: str = "round"  # round, vee, boat, square
    shoulder: float = 146.0
    slope: float = 40.0
    armpit: Point = (150.0, 330.0)
    waist: Point = (146.0, 500.0)
    hem: Point = (152.0, 690.0)
    dip: float = 8.0  # how much lower the hem is in the middle; negative for shirt tails

    @property
    def tip(self) -> Point:
        return self.shoulder, self.top + self.slope

    def neckline_path(self, back: bool) -> Path:
        """From the lowest point on the centre line to the right side of the neck."""
        end = (self.neck, self.top)
        if back:
            low = self.top + 13
            return spline((0, low), (self.neck * 0.55, low - 2.5), end)
        low = self.top + self.depth
        if self.neckline == "vee":
            return spline((0.5, low), (self.neck * 0.60, self.top + self.depth * 0.46), end)
        if self.neckline == "square":
            return join(((0.0, low), (self.neck * 0.86, low)), (end,))
        if self.neckline == "boat":
            return spline((0, low), (self.neck * 0.6, low - self.depth * 0.22), end)
        return spline(
            (0, low),
            (self.neck * 0.56, low - self.depth * 0.16),
            (self.neck * 0.92, low - self.depth * 0.55),
            end,
        )

    def armhole(self) -> Path:
        tip, pit = self.tip, self.armpit
        inward = min(tip[0], pit[0]) - 11
        return spline(
            tip,
            (inward + 2, tip[1] + (pit[1] - tip[1]) * 0.45),
            (inward + 5, tip[1] + (pit[1] - tip[1]) * 0.78),
            pit,
        )

    def outline(self, back: bool) -> Path:
        shoulder = spline(
            (self.neck, self.top),
            (self.neck + (self.shoulder - self.neck) * 0.55, self.top + self.slope * 0.46),
            self.tip,
        )
        side = spline(self.armpit, self.waist, self.hem)
        bottom = spline(
            self.hem,
            (self.hem[0] * 0.5, self.hem[1] + self.dip * 0.85),
            (0, self.hem[1] + self.dip),
        )
        return symmetric(self.neckline_path(back), shoulder, self.armhole(), side, bottom)

    def hemline(self, up: float) -> Path:
        half = spline(
            (0, self.hem[1] + self.dip - up),
            (self.hem[0] * 0.5, self.hem[1] + self.dip * 0.85 - up),
            (self.hem[0], self.hem[1] - up),
        )
        return mirror(half)[:-1] + half

    def whole_neckline(self, back: bool) -> Path:
        half = self.neckline_path(back)
        return mirror(half)[:-1] + half


def shoulders(bodice: Bodice) -> tuple[Path, ...]:
    """The tops of both sleeves, so that the light rolls over the armhole seam."""
    tip, pit = bodice.tip, bodice.armpit
    arm: Path = (
        (tip[0] - 20, tip[1] - 6),
        (tip[0] + 26, tip[1] + 22),
        (tip[0] + 60, pit[1] - 60),
        (pit[0] + 50, pit[1] - 4),
        pit,
        (tip[0] - 30, pit[1]),
    )
    return arm, mirror(arm)


def inside(bodice: Bodice, label: bool = True) -> list[Panel]:
    """The shaded inner back of the neck, with a label."""
    reach = bodice.top + bodice.depth + 26
    low = bodice.top + 10
    outline = symmetric(
        spline((0, low), (bodice.neck * 0.6, low - 3), (bodice.neck - 1, bodice.top - 1)),
        ((bodice.neck + 6, bodice.top + 20), (bodice.neck * 0.5, reach), (0.0, reach)),
    )
    band = spline(
        (-bodice.neck + 3, bodice.top + 6),
        (-bodice.neck * 0.5, low + 12),
        (0, low + 15),
        (bodice.neck * 0.5, low + 12),
        (bodice.neck - 3, bodice.top + 6),
    )
    panels = [
        Panel(
            outline=outline,
            tone=0.66,
            relief=-0.3,
            lift=0,
            strokes=(Stroke(path=band, strength=0.3),),
        )
    ]
    if label and bodice.depth > 40:
        panels.append(
            Panel(
                outline=box(-15, low + 5, 15, low + 24),
                tint=(226, 221, 210),
                tone=0.86,
                puff=4,
                lift=0.2,
            )
        )
    return panels


def torso(
    bodice: Bodice,
    *,
    back: bool,
    folds: tuple[Fold, ...] = (),
    strokes: tuple[Stroke, ...] = (),
    hem_stitch: float = 14.0,
    number: tuple[float, float, float] | None = None,
    puff: float = 34.0,
    sleeved: bool = True,
    phase: float = 0.6,
) -> Panel:
    """The main panel, with a stitched hem."""
    lines = list(strokes)
    drape = Drape(
        apex=(0, -500),
        top=bodice.armpit[1] - 20,
        bottom=bodice.hem[1],
        slope=0.13,
        wavelength=96,
        phase=phase,
    )
    if hem_stitch:
        lines.append(stitch(bodice.hemline(hem_stitch)))
    armhole = bodice.armhole()
    lines += [Stroke(path=armhole, strength=0.2), Stroke(path=mirror(armhole), strength=0.2)]
    return Panel(
        outline=bodice.outline(back),
        folds=folds,
        strokes=tuple(lines),
        puff=puff,
        drape=drape,
        number=None if back else number,
        lift=0.14,
        joined=shoulders(bodice) if sleeved else (),
    )


def neckband(
    bodice: Bodice,
    *,
    back: bool,
    width: float = 15.0,
    rib: float = 3.2,
    tint: Colour | None = None,
) -> Panel:
    """The knitted or bound edge of the neckline."""
    line = bodice.whole_neckline(back)
    middle = tuple((x, y + width * 0.42) for x, y in line)
    return Panel(
        outline=ribbon(middle, width),
        patterned=False,
        tint=tint,
        rib=rib,
        puff=9,
        lift=0.22,
        relief=0.6,
    )
