"""Small things sewn onto garments: buttons, zips, pockets, cords."""

from ..geometry import Path, Point, box, ellipse, join, offset, ribbon, spline
from ..palette import STEEL, Colour, mix
from ..panels import Panel, Stroke, seam, stitch


def button(centre: Point, tint: Colour, radius: float = 6.5, holes: bool = True) -> Panel:
    x, y = centre
    dark = mix(tint, (20, 20, 24), 0.6)
    dots = (
        tuple(
            Stroke(
                path=((x + dx, y + dy), (x + dx + 0.8, y + dy + 0.8)),
                width=2.0,
                ink=dark,
                strength=0.8,
            )
            for dx in (-2.2, 1.6)
            for dy in (-2.2, 1.6)
        )
        if holes
        else ()
    )
    return Panel(
        outline=ellipse(centre, radius, radius, 20),
        tint=tint,
        puff=5,
        relief=0.8,
        lift=0.55,
        gloss=0.4,
        strokes=dots,
    )


def buttons(
    x: float,
    top: float,
    bottom: float,
    count: int,
    tint: Colour,
    radius: float = 6.5,
    holes: bool = True,
) -> list[Panel]:
    step = (bottom - top) / max(count - 1, 1)
    return [button((x, top + index * step), tint, radius, holes) for index in range(count)]


def placket(top: float, bottom: float, half: float = 15.0, *, patterned: bool = True) -> Panel:
    """The double strip of cloth that carries the buttons."""
    return Panel(
        outline=box(-half, top, half, bottom),
        puff=7,
        lift=0.22,
        patterned=patterned,
        strokes=(
            stitch(((-half + 4, top), (-half + 4, bottom))),
            stitch(((half - 4, top), (half - 4, bottom))),
        ),
    )


def zipper(top: Point, bottom: Point, tape: Colour, teeth: Colour = STEEL) -> list[Panel]:
    """A closed zip with its puller near the top."""
    line = (top, bottom)
    toothed = Stroke(path=line, width=5.5, ink=teeth, strength=0.95, dash=2.6)
    middle = Stroke(path=line, width=1.2, ink=(60, 60, 64), strength=0.6)
    tape_panel = Panel(
        outline=ribbon(line, 15),
        tint=tape,
        puff=5,
        relief=0.3,
        lift=0.12,
        strokes=(Stroke(path=line, width=6, ink=(70, 70, 74), strength=0.55), toothed, middle),
    )
    x, y = top
    pull = Panel(
        outline=join(
            spline((x - 4, y + 6), (x, y + 3), (x + 4, y + 6)),
            spline((x + 5, y + 34), (x, y + 38), (x - 5, y + 34)),
        ),
        tint=teeth,
        puff=5,
        relief=0.9,
        gloss=0.5,
        lift=0.5,
    )
    return [tape_panel, pull]


def patch_pocket(
    left: float,
    top: float,
    width: float,
    height: float,
    *,
    thread: Colour | None = None,
    point: float = 10.0,
) -> Panel:
    """A pocket sewn onto the cloth, slightly pointed at the bottom."""
    right, bottom = left + width, top + height
    middle = left + width / 2
    outline = (
        (left, top),
        (right, top),
        (right, bottom - point),
        (middle, bottom),
        (left, bottom - point),
    )
    path = (
        (left + 4, top),
        (left + 4, bottom - point - 3),
        (middle, bottom - 5),
        (right - 4, bottom - point - 3),
        (right - 4, top),
    )
    hem = ((left, top + 13), (right, top + 13))
    return Panel(
        outline=outline,
        puff=9,
        relief=0.4,
        lift=0.26,
        strokes=(
            stitch(path, thread, 0.6 if thread else 0.34),
            stitch(hem, thread, 0.6 if thread else 0.34),
        ),
    )


def flap(
    left: float,
    top: float,
    width: float,
    height: float,
    *,
    point: float = 0.0,
    thread: Colour | None = None,
    patterned: bool = True,
) -> Panel:
    """The lid of a pocket."""
    right, bottom, middle = left + width, top + height, left + width / 2
    outline = join(
        ((left, top), (right, top)),
        spline((right, bottom - point - 5), (right - 4, bottom - point)),
        ((middle, bottom),),
        spline((left + 4, bottom - point), (left, bottom - point - 5)),
    )
    path = (
        (left + 4, top),
        (left + 4, bottom - point - 4),
        (middle, bottom - 4),
        (right - 4, bottom - point - 4),
        (right - 4, top),
    )
    return Panel(
        outline=outline,
        puff=8,
        lift=0.42,
        patterned=patterned,
        strokes=(stitch(path, thread, 0.6 if thread else 0.34),),
    )


def slit(path: Path, strength: float = 0.6) -> tuple[Stroke, ...]:
    """The opening of a pocket let into the cloth."""
    return (seam(path, strength, 3.0), stitch(offset(path, 6)))


def cord(path: Path, tint: Colour, width: float = 5.0, lift: float = 0.4) -> Panel:
    return Panel(outline=ribbon(path, width), tint=tint, puff=width * 0.9, relief=0.9, lift=lift)
