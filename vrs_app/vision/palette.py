"""The palette: named shades of cloth in photos, and how far a colour belongs to each."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from .cielab import Lab, squared_cie94, to_lab

SOFTNESS = 2.0
"""Standard deviation, in CIE94 units, of the Gaussian that makes memberships of distances."""
SMALLEST_MEMBERSHIP = 0.05
"""Smaller memberships are set to 0."""

SECONDARY_BASIC = 0.5
"""How far a shade counts as those of its basic colours that are not its first."""


@dataclass(frozen=True)
class Shade:
    """A named colour; `standards` are samples of it, sRGB in hexadecimal.

    It also counts as its `basics`, the basic colour terms: fully as the first, half as the others.
    """

    name: str
    basics: tuple[str, ...]
    standards: tuple[str, ...]


# The basic colour terms are those of Berlin and Kay, Basic Color Terms (1969), and beige.
SHADES = (
    Shade("black", ("black",), ("17181b", "2a2a2d", "241f1f")),
    Shade("charcoal", ("grey", "black"), ("3c3d41", "4a4b4f")),
    Shade("grey", ("grey",), ("6c6d70", "858689", "9a9b9e")),
    Shade("light grey", ("grey",), ("aeb0b3", "bcbec0")),
    Shade("white", ("white",), ("f6f6f5", "e8e7e5", "d8d8d8", "d6d9de", "dcd8d2")),
    Shade("cream", ("beige", "white"), ("efe4c8", "e3d6bc", "f7e0ba")),
    Shade("beige", ("beige",), ("cdb592", "c2a887", "bfb09c", "d3bfa6")),
    Shade("taupe", ("beige", "grey", "brown"), ("96867a",)),
    Shade("camel", ("brown", "beige"), ("b08a5e", "a5794e")),
    Shade("brown", ("brown",), ("744a30", "5a3a28", "432c22", "84583a", "6b5443")),
    Shade("red", ("red",), ("c01f2a", "a31c22", "d43030", "8f1a20")),
    Shade("burgundy", ("red",), ("701c30", "5a1e24", "4a1c24")),
    Shade("pink", ("pink",), ("e9a4b4", "f3c6cc", "e27f9e", "e0b4b4", "c98f94", "dcb2d6")),
    Shade("fuchsia", ("pink",), ("cc2c86", "c2306a", "a82a66")),
    Shade("coral", ("pink", "orange", "red"), ("e97464", "f08070")),
    Shade("orange", ("orange",), ("e07028", "f08422", "d8602c")),
    Shade("peach", ("orange", "pink", "beige"), ("f3bb92",)),
    Shade("yellow", ("yellow",), ("f2d43a", "f4e488", "e8dc70")),
    Shade("mustard", ("yellow",), ("d9a426", "c8962e")),
    Shade("olive", ("green",), ("70703a", "5c5c38", "45482f", "8a8a58")),
    Shade(
        "green", ("green",), ("2a7648", "2f9a5c", "5aa03c", "8cc63f", "36614a", "2aa582", "4cbd9a")
    ),
    Shade("dark green", ("green",), ("1f4030", "24382e")),
    Shade("mint", ("green",), ("a0d4bc", "c0dcc8")),
    Shade("teal", ("green", "blue"), ("167a7e", "125c60")),
    Shade("turquoise", ("blue", "green"), ("30b8c0", "4cc4b8")),
    Shade("light blue", ("blue",), ("8ebbdf", "aac8e4", "9ab0cc", "98b2c4")),
    Shade("blue", ("blue",), ("2654b0", "3a6ad0", "2a7cc4", "4a6a94", "5f7fa8", "3030a0")),
    Shade("navy", ("blue",), ("222e54", "1c2440", "2e3a56", "36455e", "323c4b")),
    Shade("purple", ("purple",), ("623468", "6a3a9c", "7a4aa0", "402448", "94668c")),
    Shade("lilac", ("purple",), ("b5a0d4", "bb98dc")),
)

BY_NAME = {shade.name: shade for shade in SHADES}


def shares_by_name(colours: Mapping[str, float]) -> dict[str, float]:
    """`colours`, shares of the garment by shade, with the basic colours added; largest first.

    Names that are not in the palette (any more) are ignored.
    """
    shares: dict[str, float] = defaultdict(float)
    for name, share in colours.items():
        if shade := BY_NAME.get(name):
            first, *others = shade.basics
            fits = {**dict.fromkeys(others, SECONDARY_BASIC), first: 1.0, name: 1.0}
            for each, part in fits.items():
                shares[each] += share * part
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def dominant(colours: Mapping[str, float]) -> str | None:
    """The basic colour with the largest share in `colours`; None where none was measured."""
    basics = {basic for shade in SHADES for basic in shade.basics}
    return next((name for name in shares_by_name(colours) if name in basics), None)


@lru_cache(maxsize=1)
def standards() -> tuple[Lab, list[int]]:
    """The standards of all shades in order (m × 3), and the index of each shade's first."""
    pixels = [list(bytes.fromhex(each)) for shade in SHADES for each in shade.standards]
    ends = accumulate(len(shade.standards) for shade in SHADES)
    return to_lab(np.array(pixels, dtype=np.uint8)), [0, *ends][:-1]


def memberships(colours: Lab) -> NDArray[np.float32]:
    """The membership of each of n `colours` (n × 3) in each shade, 0 to 1: n × shades.

    A colour between two shades is partly of both, as in Benavente, Vanrell and Baldrich,
    Parametric fuzzy sets for automatic color naming, JOSA A 25 (2008). A row adds up to 1, or to
    a little less where small memberships were set to 0.
    """
    known, begins = standards()
    nearest = np.minimum.reduceat(squared_cie94(colours, known), begins, axis=1)
    excess = nearest - nearest.min(axis=1, keepdims=True)
    likely = np.exp(-excess / (2 * SOFTNESS**2))
    likely /= likely.sum(axis=1, keepdims=True)
    return np.where(likely >= SMALLEST_MEMBERSHIP, likely, 0).astype(np.float32)
