"""A skirt that hangs from a waist; dresses and skirts share it."""

from ..geometry import Path, mirror, spline, symmetric
from ..panels import Drape, Look, Panel, stitch
from .folds import gathers


def skirt_part(
    look: Look,
    top: float,
    half: float,
    bottom: float,
    hem: float,
    *,
    slope: float = 0.34,
    wavelength: float = 62.0,
    curve: float = 0.5,
    dip: float = 22.0,
) -> Panel:
    """A hanging skirt from a waist of 2*half to a hem of 2*hem, falling in flutes."""
    middle = top + (bottom - top) * 0.42
    bulge = half + (hem - half) * curve
    side = spline((half, top), (bulge, middle), (hem, bottom))
    edge = _waves(hem, bottom, dip, look, wavelength, slope)
    spread = max(hem - half, 12.0)
    drape = Drape(
        apex=(0, top - (bottom - top) * half / spread),
        top=top - 10,
        bottom=bottom,
        wavelength=wavelength,
        slope=slope,
        phase=look.random.uniform(0, 6),
    )
    line = ((-half, top), (half, top))
    small = gathers(
        look.random, line, (bottom - top) * 0.34, max(int(half / 13), 4), slope * 0.8, spread * 0.3
    )
    return Panel(
        outline=symmetric(((0.0, top), (half, top)), side, edge),
        drape=drape,
        folds=small,
        puff=26,
        relief=0.5,
        lift=0.2,
        strokes=(stitch(_hemline(hem, bottom, dip)),),
    )


def _hemline(hem: float, bottom: float, dip: float) -> Path:
    half = spline(
        (0, bottom + dip - 12), (hem * 0.55, bottom + dip * 0.74 - 12), (hem - 2, bottom - 11)
    )
    return mirror(half)[:-1] + half


def _waves(
    hem: float, bottom: float, dip: float, look: Look, wavelength: float, slope: float
) -> Path:
    """The lower edge rises and falls a little with the flutes."""
    depth = min(slope * 13, 6.0)
    count = max(int(hem / wavelength * 2), 2)
    points = [(hem, bottom)]
    for index in range(1, count):
        share = 1 - index / count
        up = depth if index % 2 else -depth
        points.append((hem * share, bottom + dip * (1 - share**2) + up * 0.6))
    return spline(*points, (0.0, bottom + dip), steps=6)
