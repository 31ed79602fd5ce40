"""Shirts: how they look, what they are made of, what they cost."""

from ..silhouettes import shirts
from .cut import WOVEN, Cut

SHIRTS = (
    Cut(
        kind="shirt",
        key="classic",
        noun="button-down shirt",
        draw=shirts.classic,
        price=59,
        shape="A long-sleeved shirt with a pointed collar and a chest pocket",
        material="cotton poplin",
        patterns=WOVEN,
    ),
    Cut(
        kind="shirt",
        key="camp",
        noun="camp-collar shirt",
        draw=shirts.camp,
        price=49,
        shape="A boxy holiday shirt with an open camp collar",
        material="airy viscose",
        patterns=("floral", "stripes", "plain", "dots", "checks"),
    ),
    Cut(
        kind="shirt",
        key="short",
        noun="short-sleeved shirt",
        draw=shirts.short,
        price=45,
        shape="A short-sleeved shirt with a small collar",
        material="cotton seersucker",
        patterns=("checks", "plain", "dots", "stripes", "floral"),
    ),
    Cut(
        kind="shirt",
        key="grandad",
        noun="grandad shirt",
        draw=shirts.grandad,
        price=55,
        shape="A collarless shirt with a half placket and rounded tails",
        fabric="linen",
        material="washed linen",
        patterns=("stripes", "plain", "plain", "checks"),
    ),
    Cut(
        kind="shirt",
        key="blouse",
        noun="blouse",
        draw=shirts.blouse,
        price=62,
        shape="A waisted blouse with full sleeves and deep cuffs",
        fabric="satin",
        material="silky crêpe",
        patterns=("dots", "floral", "plain", "stripes"),
    ),
)
