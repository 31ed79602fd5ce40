"""A garment's picture, from its design."""

from PIL import Image

from .catalogue import Design, designs
from .chance import seeded
from .garment import Garment
from .palette import NAMED
from .panels import Look
from .patterns import Cloth
from .render import Scene, render
from .viewport import Viewport, fitted

DETAIL = 2.2  # how much closer a detail looks


def _cloth(design: Design) -> Cloth:
    return Cloth(
        ground=NAMED[design.garment.colour],
        figure=NAMED[design.figure],
        pattern=design.garment.pattern,
        variant=design.variant,
        fabric=design.cut.fabric,
    )


def draw(garment: Garment, view: str = "front") -> Image.Image:
    """An RGB picture of 720 by 900 pixels; `view` is "front", "back" or "detail"."""
    if view not in ("front", "back", "detail"):
        raise ValueError(f"no such view: {view!r}")
    design = designs()[garment.slug]
    look = Look(
        random=seeded(f"{garment.slug} {view == 'back'}"),
        ground=NAMED[garment.colour],
        accent=NAMED[design.figure],
        back=view == "back",
        number=garment.pattern == "number",
    )
    sketch = design.cut.draw(look)
    whole = fitted([panel.outline for panel in sketch.panels])
    port = Viewport(centre=sketch.focus, scale=DETAIL) if view == "detail" else whole
    number = design.number if garment.pattern == "number" else ""
    tint = seeded(f"wall {garment.slug}").randrange(5)
    return render(sketch, Scene(cloth=_cloth(design), view=port, number=number, tint=tint))
