"""Trousers and shorts."""

from ..geometry import Path, join, spline
from ..panels import Look, Panel, Sketch, pair
from .knits import RIB
from .leg import Leg
from .legs import assemble, legs
from .waists import drawstring, elastic


def chinos(look: Look) -> Sketch:
    leg = Leg(knee=(42, 132), hem=(58, 122))
    return Sketch(panels=tuple(assemble(look, leg)), focus=(30, 230))


def jeans(look: Look) -> Sketch:
    leg = Leg(knee=(34, 142), hem=(40, 142), hip=146)
    return Sketch(panels=tuple(assemble(look, leg, denim=True, loose=1.15)), focus=(30, 210))


def wide(look: Look) -> Sketch:
    """Pressed and wide from the hip."""
    leg = Leg(waist=106, knee=(20, 168), hem=(16, 196), hip=140)
    panels = assemble(look, leg, creased=True, loose=0.8, flutes=0.24)
    return Sketch(panels=tuple(panels), focus=(30, 230))


def joggers(look: Look) -> Sketch:
    """Soft, with a drawstring and ribbed ankles."""
    leg = Leg(waist=114, hip=152, knee=(30, 146), hem=(58, 122), bottom=790)
    panels = legs(look, leg, loose=1.5)
    cuff: Path = join(
        ((125.0, 784.0), (119.0, 830.0)),
        spline((119, 830), (90, 835), (62, 832)),
        ((56.0, 788.0),),
    )
    panels += pair(lambda: Panel(outline=cuff, rib=RIB, patterned=False, puff=18, lift=0.25))
    panels += elastic(leg, look)
    if not look.back:
        panels += drawstring(leg, look)
    return Sketch(panels=tuple(panels), focus=(30, 220))
