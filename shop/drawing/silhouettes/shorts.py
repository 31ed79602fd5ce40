"""Shorts."""

from dataclasses import replace

from ..geometry import join, spline
from ..panels import Look, Panel, Sketch, pair
from .leg import Leg
from .legs import assemble, legs
from .waists import drawstring, elastic

SHORT = Leg(waist=146, top=210, hip=184, crotch=430, knee=(13, 198), hem=(18, 210), bottom=604)


def chino(look: Look) -> Sketch:
    leg = SHORT
    panels = assemble(look, leg)
    cuff = join(
        ((211.0, 570.0), (216.0, 608.0)),
        spline((216, 608), (116, 620), (12, 614)),
        spline((14, 576), (116, 582), (211, 570)),
    )
    panels[2:2] = pair(lambda: Panel(outline=cuff, puff=14, lift=0.3))
    return Sketch(panels=tuple(panels), focus=(40, 330))


def denim(look: Look) -> Sketch:
    leg = replace(SHORT, bottom=570, hem=(16, 206))
    return Sketch(panels=tuple(assemble(look, leg, denim=True, loose=1.2)), focus=(40, 310))


def swim(look: Look) -> Sketch:
    """Elastic waist, drawstring, curved side slits."""
    leg = replace(SHORT, hem=(14, 220), knee=(10, 206), bottom=600, hip=190)
    panels = legs(look, leg, loose=1.4, flutes=0.16)
    if look.number:
        panels[0] = replace(panels[0], number=(128, 530, 84))
    panels += elastic(leg, look)
    if not look.back:
        panels += drawstring(leg, look)
    return Sketch(panels=tuple(panels), focus=(40, 330))


def bermuda(look: Look) -> Sketch:
    """Pressed, to the knee."""
    leg = Leg(waist=130, top=150, hip=164, crotch=384, knee=(26, 168), hem=(24, 166), bottom=610)
    return Sketch(panels=tuple(assemble(look, leg, creased=True)), focus=(40, 280))
