"""The parts a garment is put together from, before anything is painted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from .geometry import Path, Point, mirror
from .palette import Colour


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A line on a panel: a seam pressed into the cloth, or a thread of its own `ink`."""

    path: Path
    width: float = 2.0
    strength: float = 0.38
    ink: Colour | None = None
    dash: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Fold:
    """A ridge (or, with negative depth, a valley) that tapers to both ends."""

    path: Path
    width: float = 16.0
    depth: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Drape:
    """Flutes of hanging cloth that spread from `apex` and deepen from `top` to `bottom`."""

    apex: Point
    top: float
    bottom: float
    wavelength: float = 60.0
    slope: float = 0.35
    phase: float = 0.0
    pleated: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One piece of cloth, leather, rubber or metal; later panels lie on earlier ones."""

    outline: Path
    tint: Colour | None = None
    patterned: bool = True
    grain: float = 0.0
    tone: float = 1.0
    puff: float = 26.0
    relief: float = 0.55
    lift: float = 0.3
    gloss: float = 0.0
    rib: float = 0.0
    joined: tuple[Path, ...] = ()  # neighbours that it is one rounded body with
    folds: tuple[Fold, ...] = ()
    drape: Drape | None = None
    strokes: tuple[Stroke, ...] = ()
    number: tuple[float, float, float] | None = None  # centre x, centre y, height


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """All panels from the bottom to the top; `focus` is what a detail picture looks at."""

    panels: tuple[Panel, ...]
    focus: Point = (30.0, 230.0)
    standing: bool = False


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a silhouette may depend on beside its cut."""

    random: Random
    ground: Colour
    accent: Colour
    back: bool = False
    number: bool = False


def mirrored(panel: Panel) -> Panel:
    """The panel on the other side of the garment."""
    return replace(
        panel,
        outline=mirror(panel.outline),
        grain=-panel.grain,
        joined=tuple(mirror(path) for path in panel.joined),
        folds=tuple(replace(fold, path=mirror(fold.path)) for fold in panel.folds),
        strokes=tuple(replace(stroke, path=mirror(stroke.path)) for stroke in panel.strokes),
    )


def pair(make: Callable[[], Panel]) -> list[Panel]:
    """A right and a left panel, made apart so that their folds differ."""
    return [make(), mirrored(make())]


def seam(path: Path, strength: float = 0.38, width: float = 2.0) -> Stroke:
    return Stroke(path=path, strength=strength, width=width)


def stitch(path: Path, ink: Colour | None = None, strength: float = 0.34) -> Stroke:
    return Stroke(path=path, width=1.7, dash=6.0, ink=ink, strength=strength)
