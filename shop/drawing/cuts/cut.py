"""What a cut is, and the colours and patterns that several cuts share."""

from collections.abc import Callable
from dataclasses import dataclass

from ..panels import Look, Sketch

DENIMS = ("navy", "cobalt", "sky blue", "black", "grey", "white")
HIDES = ("brown", "black", "burgundy", "sand", "olive", "navy", "red", "green")
QUIET = (
    "navy",
    "grey",
    "black",
    "sand",
    "olive",
    "burgundy",
    "brown",
    "green",
    "cream",
    "plum",
    "teal",
    "cobalt",
)
STRAWS = ("sand", "cream", "brown", "white", "mustard", "pink")

ALL = ("plain", "floral", "stripes", "dots", "checks", "plain")
SPORT = ("plain", "number", "stripes", "plain", "dots", "number")
WOVEN = ("plain", "stripes", "checks", "floral", "plain", "dots")
PLAIN = ("plain",)
ACROSS = ("breton-across", "block-across", "candy-across")
DOWN = ("candy-down", "pin-down", "twin-down")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One shape that the shop sells in several colours and patterns."""

    kind: str
    key: str
    noun: str
    shape: str
    draw: Callable[[Look], Sketch]
    price: int
    fabric: str = "cotton"
    material: str = "soft cotton"
    patterns: tuple[str, ...] = ALL
    stripes: tuple[str, ...] = DOWN
    colours: tuple[str, ...] = ()
    turned: bool = True  # whether its back is worth a picture
