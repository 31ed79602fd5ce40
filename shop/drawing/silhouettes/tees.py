"""T-shirts and polo shirts."""

from dataclasses import replace

from ..geometry import Path, spline
from ..palette import WHITE, mix
from ..panels import Look, Panel, Sketch, seam
from .bodice import Bodice, inside, neckband, torso
from .collars import polo_collar
from .folds import torso_folds
from .sleeves import sleeves
from .trimmings import button, patch_pocket, placket

REGULAR = Bodice(depth=46, neck=62, hem=(156, 700), waist=(148, 510))
NUMBER = (0.0, 390.0, 150.0)


def _tee(look: Look, bodice: Bodice, length: str = "short", loose: float = 1.0) -> list[Panel]:
    back = look.back
    folds = torso_folds(look.random, bodice.armpit, bodice.hem, loose)
    panels = [] if back else inside(bodice)
    panels += sleeves(bodice, look, length, loose=loose)
    yoke: tuple[Path, ...] = ()
    if back:
        drop = bodice.top + 30
        yoke = (
            spline(
                (-bodice.neck - 16, bodice.top + 7),
                (0, drop + 4),
                (bodice.neck + 16, bodice.top + 7),
            ),
        )
    panels.append(
        torso(
            bodice,
            back=back,
            folds=folds,
            number=NUMBER,
            strokes=tuple(seam(path, 0.18) for path in yoke),
        )
    )
    return panels


def crew(look: Look) -> Sketch:
    panels = _tee(look, REGULAR)
    panels.append(neckband(REGULAR, back=look.back))
    return Sketch(panels=tuple(panels))


def vee(look: Look) -> Sketch:
    bodice = replace(REGULAR, neckline="vee", depth=98, neck=60)
    panels = _tee(look, bodice)
    panels.append(neckband(bodice, back=look.back, width=12))
    return Sketch(panels=tuple(panels))


def boxy(look: Look) -> Sketch:
    """Wide, dropped shoulders, a pocket and sleeves to the elbow."""
    bodice = replace(
        REGULAR,
        shoulder=182,
        slope=54,
        armpit=(178, 358),
        waist=(176, 500),
        hem=(178, 668),
        depth=38,
    )
    panels = _tee(look, bodice, "short", 1.16)
    panels.append(neckband(bodice, back=look.back, width=19))
    if not look.back and not look.number:
        panels.append(patch_pocket(48, 296, 74, 84))
    return Sketch(panels=tuple(panels))


def ringer(look: Look) -> Sketch:
    """A neckband and sleeve edges in a second colour."""
    trim = look.accent
    bodice = replace(REGULAR, waist=(140, 500), hem=(146, 676))
    panels = _tee(look, bodice)
    sleeve_bands = sleeves(bodice, look, "short", cuff=17, rib=3.2, cuff_tint=trim)[2:]
    panels[-1:-1] = sleeve_bands
    panels.append(neckband(bodice, back=look.back, width=16, tint=trim))
    return Sketch(panels=tuple(panels))


def polo(look: Look) -> Sketch:
    bodice = replace(REGULAR, depth=40, neck=54, waist=(146, 500), hem=(152, 690))
    panels = _tee(look, bodice)
    panels[-1:-1] = sleeves(bodice, look, "short", cuff=16, rib=3.2, cuff_patterned=False)[2:]
    if not look.back:
        panels.append(placket(bodice.top + 34, bodice.top + 152, 14, patterned=False))
        pearl = mix(WHITE, look.ground, 0.12)
        panels += [button((0, bodice.top + y), pearl, 5.5) for y in (72, 126)]
    return Sketch(panels=tuple(panels + polo_collar(bodice, look.back)))


def longsleeve(look: Look) -> Sketch:
    bodice = replace(REGULAR, neckline="boat", depth=30, neck=78, waist=(136, 490), hem=(144, 680))
    panels = _tee(look, bodice, "long", 0.92)
    panels.append(neckband(bodice, back=look.back, width=10, rib=0))
    return Sketch(panels=tuple(panels))
