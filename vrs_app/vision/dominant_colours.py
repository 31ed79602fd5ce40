"""The dominant colours of the garment in a picture, each with its share."""

import numpy as np
from numpy.typing import NDArray

from .cielab import Lab, to_lab
from .palette import SHADES, memberships
from .segmentation import SoftMask, garment_mask, skin_mask

SAMPLED_SIDE = 112
"""The shorter side in pixels, at least, after subsampling; finer detail changes no name."""
MOST_SKIN = 1 / 2
"""Share of the garment above which what has the colour of skin is taken for cloth."""
WHITE_PERCENTILE, WHITE_LIGHTNESS, MOST_GAIN = 98, 94.0, 1.3
"""The percentile of lightness that is raised to this lightness, by this factor at most."""
MOST_PIXELS = 1000
"""Pixels of the garment that are classified; more do not change the shares visibly."""
SMALLEST_SHARE = 0.1
"""Share of the garment below which a colour is left out, unless it is the only one."""


def measured(pixels: NDArray[np.uint8]) -> dict[str, float]:
    """The dominant colours of the garment in a picture: shares by the names of the palette.

    `pixels` is height × width × 3, sRGB. Shares are of the garment, 0 to 1, the largest first;
    small ones are left out.
    """
    step = max(1, min(pixels.shape[:2]) // SAMPLED_SIDE)
    small = pixels[::step, ::step]
    lab = to_lab(small)
    mask = _without_skin(garment_mask(lab), small).ravel()
    kept = np.flatnonzero(mask > mask.max() / 2)
    kept = kept[:: -(-len(kept) // MOST_PIXELS)]
    return _shares(_exposure_corrected(lab).reshape(-1, 3)[kept], mask[kept])


def _without_skin(mask: SoftMask, pixels: NDArray[np.uint8]) -> SoftMask:
    """`mask` without skin, unless that would take most of the garment."""
    bare = skin_mask(pixels)
    return mask * ~bare if mask[bare].sum() < MOST_SKIN * mask.sum() else mask


def _exposure_corrected(lab: Lab) -> Lab:
    """`lab` scaled so that its brightest part is nearly white.

    "White patch" (Land, Scientific American 237, 1977), for the intensity of the light alone: the
    colour of the light cannot be distinguished from that of a wall.
    """
    brightest = float(np.percentile(lab[::2, ::2, 0], WHITE_PERCENTILE))
    return lab * np.float32(np.clip(WHITE_LIGHTNESS / max(brightest, 1.0), 1.0, MOST_GAIN))


def _shares(colours: Lab, weights: NDArray[np.float32]) -> dict[str, float]:
    """The share of each shade among `colours` (n × 3), by `weights` (n); large ones only.

    Each pixel is classified by itself: the mean of several colours is none of the garment's.
    """
    totals = weights @ memberships(colours) / weights.sum()
    largest = np.argsort(-totals, kind="stable")
    kept = [index for index in largest if totals[index] >= SMALLEST_SHARE] or largest[:1]
    return {SHADES[index].name: round(float(totals[index]), 3) for index in kept}
