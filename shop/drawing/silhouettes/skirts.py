"""Skirts."""

from dataclasses import replace

from ..geometry import Path, spline, symmetric
from ..palette import BRASS
from ..panels import Drape, Look, Panel, Sketch, Stroke, seam, stitch
from .folds import crease, torso_folds
from .hanging import skirt_part
from .knits import RIB
from .trimmings import buttons, patch_pocket, placket

TOP = 130.0


def _band(
    half: float,
    top: float,
    look: Look,
    height: float = 34.0,
    rib: float = 0.0,
    patterned: bool = True,
) -> list[Panel]:
    front = symmetric(
        spline((0, top - height + 6), (half * 0.5, top - height + 4), (half - 3, top - height)),
        ((half + 1, top + 3),),
        spline((half + 1, top + 3), (half * 0.5, top + 7), (0, top + 8)),
    )
    behind = symmetric(
        spline((0, top - height - 8), (half * 0.5, top - height - 7), (half - 3, top - height)),
        spline((half - 3, top - height), (half * 0.5, top - height + 10), (0, top - height + 12)),
    )
    line: Path = ((-half, top - 1), (0.0, top + 3), (half, top - 1))
    panels = [] if look.back else [Panel(outline=behind, tone=0.62, relief=-0.2, lift=0)]
    panels.append(
        Panel(
            outline=front,
            puff=14,
            lift=0.28,
            rib=rib,
            patterned=patterned,
            strokes=() if rib else (stitch(line),),
        )
    )
    return panels


def _zip_seam(look: Look, top: float, bottom: float) -> tuple[Stroke, ...]:
    if not look.back:
        return ()
    return (seam(((0, top), (0, bottom)), 0.4), seam(((3, top), (3, top + 120)), 0.3))


def _finish(
    look: Look, panel: Panel, half: float, top: float, bottom: float, focus_y: float = 240.0
) -> Sketch:
    lines = panel.strokes + _zip_seam(look, top, bottom)
    return Sketch(
        panels=(replace(panel, strokes=lines), *_band(half, top, look)), focus=(30, focus_y)
    )


def aline(look: Look) -> Sketch:
    panel = skirt_part(look, 230, 122, 610, 226, slope=0.2, wavelength=96, curve=0.5)
    return _finish(look, panel, 122, 230, 640, 340)


def circle(look: Look) -> Sketch:
    """A full circle that falls in deep flutes."""
    panel = skirt_part(look, 190, 104, 640, 296, slope=0.5, wavelength=82, curve=0.42, dip=34)
    return _finish(look, panel, 104, 190, 660, 320)


def pencil(look: Look) -> Sketch:
    side = spline((116, 170), (146, 270), (152, 360), (140, 560), (128, 730))
    outline = symmetric(
        ((0.0, 170.0), (116.0, 170.0)), side, spline((128, 730), (64, 738), (0, 740))
    )
    hem: Path = ((-128.0, 716.0), (0.0, 725.0), (128.0, 716.0))
    darts = tuple(seam(((side * 60, 172), (side * 66, 262)), 0.24) for side in (-1, 1))
    slit: tuple[Stroke, ...] = (seam(((0, 600), (0, 742)), 0.7, 3),) if look.back else ()
    pulls = tuple(
        crease((side * 140, 380 + step * 50), (side * 40, 400 + step * 60), 6 * side, 12, 0.3)
        for side in (-1, 1)
        for step in range(2)
    )
    panel = Panel(
        outline=outline,
        folds=torso_folds(look.random, (140, 330), (130, 730)) + pulls,
        puff=36,
        strokes=(stitch(hem), *darts, *slit),
    )
    return _finish(look, panel, 116, 170, 600)


def pleated(look: Look) -> Sketch:
    """Knife pleats from the waist to the calf."""
    half, hem, top, bottom = 112.0, 226.0, 170.0, 740.0
    panel = skirt_part(look, top, half, bottom, hem, slope=0.0, wavelength=36, curve=0.46, dip=14)
    apex = top - (bottom - top) * half / (hem - half)
    drape = Drape(
        apex=(0, apex), top=top - 260, bottom=bottom, wavelength=40, slope=0.5, pleated=True
    )
    lines = []
    for index in range(-5, 6):
        x = index * 40.0
        upper = x * (top - apex) / (bottom - apex)
        lines.append(seam(((upper, top + 6), (x, bottom + 12)), 0.26))
    panel = replace(panel, drape=drape, folds=(), strokes=tuple(lines))
    return _finish(look, panel, half, top, bottom, 300)


def tiered(look: Look) -> Sketch:
    """Three gathered tiers on an elastic waist, to the ankle."""
    tiers = (
        (140.0, 108.0, 340.0, 150.0),
        (334.0, 146.0, 560.0, 194.0),
        (554.0, 188.0, 796.0, 238.0),
    )
    panels = [
        skirt_part(look, top, half, bottom, hem, slope=0.34, wavelength=46, dip=12)
        for top, half, bottom, hem in reversed(tiers)
    ]
    panels = [replace(panel, lift=0.4) for panel in panels]
    return Sketch(panels=(*panels, *_band(108, 142, look, 34, RIB, False)), focus=(30, 300))


def buttoned(look: Look) -> Sketch:
    """Straight and short, buttoned down the front, with patch pockets."""
    panel = skirt_part(look, 240, 130, 600, 198, slope=0.12, wavelength=110, curve=0.6)
    sketch = _finish(look, panel, 130, 240, 630, 360)
    if look.back:
        pockets = [patch_pocket(left, 300, 78, 88) for left in (-112.0, 34.0)]
        return replace(sketch, panels=(*sketch.panels, *pockets))
    extra = [placket(212, 622, 16), *buttons(0, 228, 580, 6, BRASS, 7.5, holes=False)]
    extra += [patch_pocket(left, 300, 84, 92) for left in (-126.0, 42.0)]
    return replace(sketch, panels=(*sketch.panels, *extra))
