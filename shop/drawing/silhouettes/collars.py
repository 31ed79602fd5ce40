"""Collars that stand up and fold over: shirts, polos, camp collars, stands."""

from ..geometry import Path, box, join, spline, symmetric
from ..panels import Panel, pair, stitch
from .bodice import Bodice


def _inner(bodice: Bodice, top: float, deep: float) -> list[Panel]:
    """The inside of the collar behind the neck, with the label."""
    half = bodice.neck - 2
    outline = symmetric(
        spline((0, top), (half * 0.55, top + 2), (half, top + 14)),
        spline((half, top + 14), (half * 0.55, deep - 16), (0, deep)),
    )
    middle = top + (deep - top) * 0.42
    return [
        Panel(outline=outline, tone=0.68, relief=-0.3, lift=0, patterned=False),
        Panel(
            outline=box(-14, middle - 8, 14, middle + 8),
            tint=(228, 224, 214),
            tone=0.85,
            puff=4,
            lift=0.2,
        ),
    ]


def _leaf(
    bodice: Bodice, top: float, meet: float, point: tuple[float, float], spread: float
) -> Path:
    """The right collar leaf, from the neck's side to where the leaves meet."""
    half = bodice.neck
    outer = spline((half - 3, top + 12), (half + 11, top + 30), (half + 8, bodice.top + 22))
    front = ((point[0], point[1]), (spread, meet))
    fold = spline((spread, meet), (half * 0.52, meet - (meet - top) * 0.36), (half - 3, top + 12))
    return join(outer, front, fold)


def _edge_stitch(bodice: Bodice, meet: float, point: tuple[float, float], spread: float) -> Path:
    return (
        (bodice.neck + 2, bodice.top + 22),
        (point[0] - 1, point[1] - 8),
        (spread + 5, meet + 6),
    )


def leaves(
    bodice: Bodice,
    *,
    drop: float = 84.0,
    out: float = 46.0,
    meet: float = 42.0,
    rise: float = 24.0,
    spread: float = 2.0,
    patterned: bool = True,
    rib: float = 0.0,
) -> list[Panel]:
    """Both leaves; `drop` is how far their points hang, `out` how far apart they are."""
    top, low = bodice.top - rise, bodice.top + meet
    point = out, bodice.top + drop

    def leaf() -> Panel:
        return Panel(
            outline=_leaf(bodice, top, low, point, spread),
            grain=-32,
            puff=12,
            relief=0.5,
            lift=0.5,
            patterned=patterned,
            rib=rib,
            strokes=(stitch(_edge_stitch(bodice, low, point, spread)),),
        )

    return _inner(bodice, top, low) + pair(leaf)


def collar_back(
    bodice: Bodice, rise: float = 24.0, fall: float = 34.0, patterned: bool = True
) -> list[Panel]:
    """The folded collar from behind."""
    half, top = bodice.neck, bodice.top - rise
    outline = symmetric(
        spline((0, top + 1), (half * 0.6, top + 4), (half - 3, top + 13)),
        spline((half + 9, bodice.top + 10), (half + 12, bodice.top + fall * 0.7)),
        spline(
            (half + 12, bodice.top + fall * 0.7),
            (half * 0.5, bodice.top + fall),
            (0, bodice.top + fall + 2),
        ),
    )
    line = symmetric(
        (
            (0.0, bodice.top + fall - 5),
            (half * 0.5, bodice.top + fall - 7),
            (half + 6, bodice.top + fall * 0.7 - 6),
        )
    )
    return [
        Panel(
            outline=outline,
            puff=13,
            relief=0.5,
            lift=0.45,
            patterned=patterned,
            strokes=(stitch(line),),
        )
    ]


def shirt_collar(bodice: Bodice, back: bool) -> list[Panel]:
    return collar_back(bodice) if back else leaves(bodice)


def polo_collar(bodice: Bodice, back: bool) -> list[Panel]:
    if back:
        return collar_back(bodice, 20, 26, patterned=False)
    return leaves(bodice, drop=66, out=52, meet=40, rise=20, patterned=False, rib=3.0)


def camp_collar(bodice: Bodice, back: bool) -> list[Panel]:
    """Flat and open, with notched lapels."""
    if back:
        return collar_back(bodice, 18, 36)
    half, top, low = bodice.neck, bodice.top - 18, bodice.top + bodice.depth

    def lapel() -> Panel:
        outline = join(
            ((3.0, low), (64.0, low - 34), (70.0, low - 62), (half * 0.7, low - 70)),
            spline((half * 0.7, low - 70), (half * 0.4, low - 40), (3, low)),
        )
        return Panel(outline=outline, grain=-24, puff=12, lift=0.42)

    def collar() -> Panel:
        outline = join(
            spline((half - 3, top + 12), (half + 16, top + 30), (half + 30, bodice.top + 32)),
            ((half + 20, low - 50), (half * 0.72, low - 66)),
            spline((half * 0.72, low - 66), (half * 0.8, bodice.top + 6), (half - 3, top + 12)),
        )
        return Panel(outline=outline, grain=-30, puff=12, lift=0.45)

    return pair(lapel) + pair(collar)


def stand_collar(bodice: Bodice, back: bool, rise: float = 26.0) -> list[Panel]:
    """A low band around the neck, open by a finger's width at the front."""
    half, top = bodice.neck, bodice.top - rise
    if back:
        outline = symmetric(
            spline((0, top + 4), (half * 0.6, top + 6), (half - 6, top + 11)),
            spline(
                (half + 2, bodice.top + 4), (half * 0.5, bodice.top + 15), (0, bodice.top + 17)
            ),
        )
        return [Panel(outline=outline, puff=12, lift=0.3)]
    low = bodice.top + bodice.depth

    def side() -> Panel:
        outer = spline(
            (half - 6, top + 11), (half + 3, bodice.top - 2), (half + 4, bodice.top + 6)
        )
        lower = spline((half + 4, bodice.top + 6), (half * 0.66, low - 16), (7, low + 8))
        upper = spline((4, low - 18), (half * 0.55, low - 40), (half - 6, top + 11))
        return Panel(outline=join(outer, lower, upper), grain=-30, puff=11, lift=0.34)

    return _inner(bodice, top, low) + pair(side)
