"""The colours of the garment in a picture, each with its share."""

import numpy as np
from numpy.typing import NDArray

from .cielab import Lab, to_lab
from .palette import SHADES, memberships
from .segmentation import Weights, garment, skin

SIDE = 112
"""Pixels each way that are looked at, and up to twice as many; finer detail changes no name."""
MOST_SKIN = 1 / 2
"""Share of the garment above which what looks like skin is cloth."""
BRIGHTEST, WHITE, MOST_GAIN = 98, 94.0, 1.3
"""The percentile of a picture's lightness that is made so light, and by how much at most."""
MOST_PIXELS = 1000
"""Of the garment that are named; more move no share by anything that can be seen."""
SMALLEST = 0.1
"""Share of the garment below which a colour is left out, unless it is the only one."""


def measured(pixels: NDArray[np.uint8]) -> dict[str, float]:
    """The dominant colours of the garment in a picture, by the names of the palette.

    `pixels` is height × width × 3, sRGB. Each colour has its share of the garment, 0 to 1,
    the largest first; small ones are left out.
    """
    step = max(1, min(pixels.shape[:2]) // SIDE)
    small = pixels[::step, ::step]
    lab = to_lab(small)
    weights = _without_skin(garment(lab), small).ravel()
    kept = np.flatnonzero(weights > weights.max() / 2)
    kept = kept[:: -(-len(kept) // MOST_PIXELS)]
    return _named(_well_lit(lab).reshape(-1, 3)[kept], weights[kept])


def _without_skin(weights: Weights, pixels: NDArray[np.uint8]) -> Weights:
    bare = skin(pixels)
    return weights * ~bare if weights[bare].sum() < MOST_SKIN * weights.sum() else weights


def _well_lit(lab: Lab) -> Lab:
    """As if the brightest part were nearly white, which a lamp or a camera may have missed.

    A "white patch" (Land, Scientific American 237, 1977) for the amount of light alone: its
    colour cannot be told from that of a wall.
    """
    brightest = float(np.percentile(lab[::2, ::2, 0], BRIGHTEST))
    return lab * np.float32(np.clip(WHITE / max(brightest, 1.0), 1.0, MOST_GAIN))


def _named(colours: Lab, weights: NDArray[np.float32]) -> dict[str, float]:
    """Each pixel by itself: a mean of several colours is a colour that the garment has not."""
    totals = weights @ memberships(colours) / weights.sum()
    largest = np.argsort(-totals, kind="stable")
    kept = [index for index in largest if totals[index] >= SMALLEST] or largest[:1]
    return {SHADES[index].name: round(float(totals[index]), 3) for index in kept}
