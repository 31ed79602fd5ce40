"""A leg's measures, and the thread it is sewn with."""

from dataclasses import dataclass

from ..geometry import Path, join, spline
from ..palette import THREAD, Colour, brightness
from ..panels import Look, Stroke, stitch


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


def thread_for(look: Look, denim: bool) -> Colour | None:
    return THREAD if denim and brightness(look.ground) < 0.75 else None


def sewn(path: Path, thread: Colour | None) -> Stroke:
    return stitch(path, thread, 0.75 if thread else 0.34)
