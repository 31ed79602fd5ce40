"""Bags: how they look, what they are made of, what they cost."""

from ..silhouettes import bags
from .cut import ACROSS, HIDES, PLAIN, Cut

BAGS = (
    Cut(
        kind="bag",
        key="tote",
        turned=False,
        noun="tote bag",
        draw=bags.tote,
        price=29,
        fabric="canvas",
        shape="A roomy tote with two long handles",
        material="organic canvas",
        patterns=("floral", "number", "stripes", "plain", "dots", "checks"),
    ),
    Cut(
        kind="bag",
        key="backpack",
        noun="backpack",
        draw=bags.backpack,
        price=69,
        shape="A rounded backpack with a front pocket",
        fabric="canvas",
        material="waxed canvas",
        patterns=("plain", "checks", "plain", "number", "dots"),
    ),
    Cut(
        kind="bag",
        key="crossbody",
        noun="shoulder bag",
        draw=bags.crossbody,
        price=99,
        shape="A flap bag on a long strap with a brass buckle",
        fabric="leather",
        material="smooth leather",
        patterns=PLAIN,
        colours=HIDES,
    ),
    Cut(
        kind="bag",
        key="duffel",
        noun="weekend bag",
        draw=bags.duffel,
        price=119,
        shape="A weekend bag with leather handles and ends",
        fabric="canvas",
        material="heavy canvas",
        patterns=("stripes", "plain", "checks", "floral"),
        stripes=ACROSS,
    ),
)
