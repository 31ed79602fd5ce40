"""Every cut of the catalogue, kind by kind in the order that the shop shows them."""

from .bags import BAGS
from .cut import Cut
from .dresses import DRESSES
from .hats import HATS
from .jackets import JACKETS
from .legs import SHORTS, TROUSERS
from .shirts import SHIRTS
from .shoes import SHOES
from .skirts import SKIRTS
from .sweaters import SWEATERS
from .tees import T_SHIRTS

CUTS: dict[str, tuple[Cut, ...]] = {
    "dress": DRESSES,
    "shirt": SHIRTS,
    "t-shirt": T_SHIRTS,
    "sweater": SWEATERS,
    "jacket": JACKETS,
    "trousers": TROUSERS,
    "shorts": SHORTS,
    "skirt": SKIRTS,
    "hat": HATS,
    "shoes": SHOES,
    "bag": BAGS,
}

CATEGORIES: dict[str, str] = {
    "dress": "Dresses",
    "shirt": "Shirts",
    "t-shirt": "T-shirts",
    "sweater": "Knitwear",
    "jacket": "Jackets",
    "trousers": "Trousers",
    "shorts": "Shorts",
    "skirt": "Skirts",
    "hat": "Hats",
    "shoes": "Shoes",
    "bag": "Bags",
}

__all__ = ["CATEGORIES", "CUTS", "Cut"]
