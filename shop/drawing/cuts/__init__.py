"""Every cut of the catalogue, kind by kind in the order that the shop shows them."""

from .accessories import BAGS, HATS, SHOES
from .cut import Cut
from .dresses import DRESSES
from .legs import SHORTS, TROUSERS
from .skirts import SKIRTS
from .tops import SHIRTS, T_SHIRTS
from .warm import JACKETS, SWEATERS

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
