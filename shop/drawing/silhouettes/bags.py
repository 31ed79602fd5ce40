"""Bags."""

from dataclasses import replace

from ..geometry import Path, box, ellipse, join, ribbon, shift, spline, symmetric
from ..palette import BRASS, LEATHER, STEEL, mix
from ..panels import Look, Panel, Sketch, pair, seam, stitch
from .folds import crease, torso_folds
from .trimmings import patch_pocket, zipper

STRAP = mix(LEATHER, (40, 26, 20), 0.15)


def tote(look: Look) -> Sketch:
    """A plain canvas bag with two long handles."""
    body = symmetric(
        ((0.0, 360.0), (206.0, 356.0)),
        spline((206, 356), (214, 560), (204, 776)),
        spline((204, 776), (100, 792), (0, 794)),
    )
    hem: Path = ((-206.0, 394.0), (206.0, 394.0))
    handle = spline(
        (-104, 470), (-100, 300), (-66, 140), (0, 96), (66, 140), (100, 300), (104, 470)
    )
    behind = Panel(outline=ribbon(shift(handle, 8, 16), 26), tone=0.8, patterned=False, puff=14)
    mouth = Panel(
        outline=symmetric(spline((0, 340), (120, 342), (205, 356)), ((0.0, 372.0),)),
        tone=0.6,
        relief=-0.2,
        lift=0,
        patterned=False,
    )
    main = Panel(
        outline=body,
        puff=46,
        relief=0.55,
        strokes=(stitch(hem),),
        number=None if look.back else (0, 590, 190),
        folds=torso_folds(look.random, (190, 420), (190, 780), 1.3),
    )
    strap = Panel(
        outline=ribbon(handle, 26),
        patterned=False,
        puff=14,
        lift=0.42,
        strokes=tuple(stitch(tuple((x * s, y) for x, y in handle)) for s in (0.94, 1.06)),
    )
    return Sketch(panels=(behind, mouth, main, strap), focus=(60, 460))


def _sack(look: Look) -> list[Panel]:
    """The backpack's body with its loop and its side pockets."""
    body = symmetric(
        spline((0, 180), (110, 192), (176, 262), (196, 400)),
        spline((196, 400), (206, 600), (190, 744)),
        spline((190, 744), (150, 780), (0, 786)),
    )
    hook = spline((-44, 196), (-40, 140), (40, 140), (44, 196))
    loop = Panel(outline=ribbon(hook, 18), tint=STRAP, puff=10, lift=0.4)
    arc = spline(
        (-158, 520), (-152, 330), (-104, 244), (0, 222), (104, 244), (152, 330), (158, 520)
    )
    zipped = (seam(arc, 0.5, 3), stitch(shift(arc, 0, 7)), stitch(shift(arc, 0, -7)))
    side = spline((180, 540), (226, 560), (232, 680), (192, 750), (170, 640), (180, 540))
    wings = pair(lambda: Panel(outline=side, puff=24, patterned=False))
    folds = torso_folds(look.random, (170, 360), (180, 770), 1.0)
    strokes = () if look.back else zipped
    main = Panel(outline=body, puff=64, relief=0.65, strokes=strokes, folds=folds)
    return [loop, *wings, main]


def _carrying() -> list[Panel]:
    strap = ribbon(spline((44, 220), (96, 330), (112, 500), (150, 730)), 58, 30)
    return pair(lambda: Panel(outline=strap, patterned=False, puff=22, lift=0.5, relief=0.6))


def _tab() -> Panel:
    """A leather badge, stitched around."""
    square = ((-31, 401), (31, 401), (31, 439), (-31, 439), (-31, 401))
    thread = stitch(square, (226, 196, 150), 0.7)
    return Panel(outline=box(-36, 396, 36, 444), tint=STRAP, puff=7, lift=0.4, strokes=(thread,))


def backpack(look: Look) -> Sketch:
    """A rounded top, a zip all around and a pocket in front; straps behind."""
    panels = _sack(look)
    if look.back:
        return Sketch(panels=(*panels, *_carrying()), focus=(30, 400))
    pocket = symmetric(
        spline((0, 500), (110, 502), (140, 526)),
        spline((140, 526), (150, 640), (138, 736)),
        spline((138, 736), (90, 758), (0, 760)),
    )
    front = Panel(outline=pocket, puff=34, lift=0.44, number=(0, 654, 120))
    zips = zipper((-118, 548), (118, 548), mix(look.ground, (20, 20, 26), 0.5))
    return Sketch(panels=(*panels, front, zips[0], _tab()), focus=(40, 440))


def _buckle(x: float, y: float) -> Panel:
    ring = (
        (x - 13, y - 17),
        (x + 13, y - 17),
        (x + 13, y + 17),
        (x - 13, y + 17),
        (x - 13, y - 17),
    )
    return Panel(outline=ribbon(ring, 5), tint=BRASS, puff=4, relief=0.9, gloss=0.5, lift=0.4)


def crossbody(look: Look) -> Sketch:
    """A small bag with a flap and a shoulder strap."""
    strap_line = spline(
        (-196, 470), (-170, 260), (-80, 120), (30, 96), (130, 160), (182, 300), (198, 470)
    )
    strap = Panel(
        outline=ribbon(strap_line, 17),
        patterned=False,
        puff=12,
        relief=0.7,
        lift=0.3,
        strokes=(stitch(strap_line),),
    )
    body = symmetric(
        ((0.0, 440.0), (200.0, 440.0)),
        spline((200, 440), (214, 560), (206, 690)),
        spline((206, 690), (160, 724), (0, 728)),
    )
    lid = symmetric(
        spline((0, 426), (150, 428), (204, 450)),
        spline((204, 450), (206, 520), (196, 584)),
        spline((196, 584), (110, 636), (0, 644)),
    )
    edge = spline((-189, 580), (-106, 627), (0, 635), (106, 627), (189, 580))
    front = Panel(outline=lid, puff=40, relief=0.6, lift=0.5, gloss=0.1, strokes=(stitch(edge),))
    tongue = Panel(
        outline=join(box(-17, 560, 17, 676)[:2], spline((17, 664), (0, 684), (-17, 664))),
        puff=9,
        lift=0.45,
        patterned=False,
    )
    panels = [strap, Panel(outline=body, puff=46, gloss=0.1)]
    if look.back:
        pocket = Panel(
            outline=box(-150, 500, 150, 690),
            puff=16,
            lift=0.2,
            strokes=(stitch(((-150, 512), (150, 512))),),
        )
        return Sketch(panels=(*panels, pocket), focus=(40, 520))
    return Sketch(panels=(*panels, front, tongue, _buckle(0, 636)), focus=(40, 560))


def duffel(look: Look) -> Sketch:
    """A weekend bag with two short handles."""
    body = symmetric(
        spline((0, 392), (150, 394), (244, 412)),
        spline((244, 412), (280, 470), (282, 600), (262, 700)),
        spline((262, 700), (150, 720), (0, 722)),
    )
    handle = spline(
        (-112, 690), (-108, 420), (-92, 290), (0, 238), (92, 290), (108, 420), (112, 690)
    )
    far = replace(_handle(shift(handle, 0, -20)), tone=0.75)
    ends = pair(
        lambda: Panel(
            outline=join(
                spline((212, 404), (246, 412), (276, 470), (283, 600), (263, 700), (212, 712)),
                spline((212, 712), (226, 560), (212, 404)),
            ),
            tint=STRAP,
            puff=24,
            lift=0.3,
        )
    )
    line: Path = ((-205.0, 406.0), (205.0, 406.0))
    main = Panel(
        outline=body,
        puff=70,
        relief=0.7,
        number=None if look.back else (0, 570, 130),
        folds=(
            *torso_folds(look.random, (240, 430), (230, 700), 1.1),
            crease((-90, 440), (80, 470), 14, 22, -0.35),
        ),
    )
    zips = zipper(line[0], line[1], mix(look.ground, (20, 20, 26), 0.5), STEEL)
    pocket = [patch_pocket(-84, 540, 168, 150, point=0)] if not look.number else []
    rings = [
        Panel(outline=ellipse((x, 470), 8, 8), tint=BRASS, gloss=0.5, puff=6, lift=0.4)
        for x in (-111.0, 111.0)
    ]
    return Sketch(
        panels=(far, main, *ends, zips[0], *pocket, _handle(handle), *rings), focus=(60, 500)
    )


def _handle(path: Path) -> Panel:
    return Panel(
        outline=ribbon(path, 24),
        tint=STRAP,
        puff=13,
        relief=0.7,
        lift=0.42,
        strokes=(stitch(tuple((x * 0.93, y) for x, y in path), (226, 196, 150), 0.6),),
    )
