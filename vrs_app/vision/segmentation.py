"""Segmentation: which pixels of a picture show the garment, and which show skin."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .cielab import Lab

SoftMask = NDArray[np.float32]
"""Height × width: the probability, 0 to 1, that each pixel shows the garment."""

BINS = (13, 16, 16)
"""Bins of the colour histograms for lightness, a* and b*."""
BORDER_WIDTH = 0.06
"""Share of the side that the border takes, which is assumed to show mostly background."""
ITERATIONS = 4

FACE_BOTTOM, FACE_LEFT, FACE_RIGHT = 0.3, 0.35, 0.65
"""Shares of height and width that bound the part in which a model's face or neck is."""
FACE_SKIN = 0.25
"""Share of that part which has the colour of skin where a person is in the picture."""

# Chai and Ngan, Face segmentation using skin-color map in videophone applications, IEEE
# Transactions on Circuits and Systems for Video Technology 9 (1999).
SKIN_CB, SKIN_CR = (77, 127), (133, 173)
"""Range of the chrominance of skin of any tone, in YCbCr."""


def garment_mask(lab: Lab) -> SoftMask:
    """The soft mask of the garment in a picture, height × width × 3 in CIELAB.

    A colour histogram of the middle and one of the border classify each pixel by Bayes' rule;
    from the result both histograms are estimated again, as in GrabCut (Rother, Kolmogorov and
    Blake, SIGGRAPH 2004), with a blur in place of its graph cut. Where garment and background
    have the same colour, only the location decides.
    """
    bins = _bins(lab)
    height, width = bins.shape
    prior, border = _location_prior(height, width)
    mask = prior
    for _ in range(ITERATIONS):
        inside = _histogram(bins, mask * prior)
        outside = _histogram(bins, (1 - mask) * (1 - prior) + border)
        foreground = prior * inside[bins]
        background = (1 - prior) * outside[bins]
        sharp = (foreground / (foreground + background + 1e-12)).astype(np.float32)
        mask = _blurred(sharp)
    return mask * sharp


def _bins(lab: Lab) -> NDArray[np.intp]:
    """The index of each pixel's histogram bin: height × width."""
    light = (lab[..., 0] * (BINS[0] / 100.1)).astype(np.intp)
    across = [
        np.clip((lab[..., axis] + 80) * (BINS[axis] / 160), 0, BINS[axis] - 1).astype(np.intp)
        for axis in (1, 2)
    ]
    return np.asarray((light * BINS[1] + across[0]) * BINS[2] + across[1])


def _histogram(bins: NDArray[np.intp], weights: SoftMask) -> NDArray[np.float32]:
    """The density of each bin among the weighted pixels, smoothed over neighbouring bins."""
    counts = np.bincount(bins.ravel(), weights.ravel(), minlength=int(np.prod(BINS)))
    smooth = counts.reshape(BINS)
    for axis in range(3):
        padded = np.pad(smooth, [(1, 1) if axis == each else (0, 0) for each in range(3)])
        before, after = (
            np.take(padded, range(start, start + BINS[axis]), axis) for start in (0, 2)
        )
        smooth = 0.25 * before + 0.5 * smooth + 0.25 * after
    return np.asarray((smooth / max(smooth.sum(), 1e-9)).ravel(), dtype=np.float32)


@lru_cache(maxsize=4)
def _location_prior(height: int, width: int) -> tuple[SoftMask, SoftMask]:
    """The prior probability of the garment at each pixel, and the border as a mask of 0 and 1."""
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    prior = 0.02 + 0.9 * np.exp(-((np.abs(x) / 0.75) ** 3) - (np.abs(y) / 0.85) ** 3)
    border = np.maximum(np.abs(x), np.abs(y)) > 1 - 2 * BORDER_WIDTH
    return prior.astype(np.float32), border.astype(np.float32)


def _blurred(mask: SoftMask, radius: int = 2) -> SoftMask:
    """A box blur of `radius` pixels, by cumulative sums."""
    for axis in (0, 1):
        pads = [(radius + 1, radius) if each == axis else (0, 0) for each in (0, 1)]
        total = np.cumsum(np.pad(mask, pads, mode="edge"), axis=axis, dtype=np.float32)
        far = np.take(total, range(2 * radius + 1, total.shape[axis]), axis)
        near = np.take(total, range(total.shape[axis] - 2 * radius - 1), axis)
        mask = (far - near) / np.float32(2 * radius + 1)
    return np.clip(mask, 0, 1)


def skin_mask(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The pixels with the colour of skin, height × width; all False where there is no face.

    `pixels` is height × width × 3, sRGB.
    """
    red, green, blue = (pixels[..., channel].astype(np.float32) for channel in range(3))
    cb = 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue
    cr = 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue
    found = (cb > SKIN_CB[0]) & (cb < SKIN_CB[1]) & (cr > SKIN_CR[0]) & (cr < SKIN_CR[1])
    height, width = found.shape
    face = found[: int(height * FACE_BOTTOM), int(width * FACE_LEFT) : int(width * FACE_RIGHT)]
    return found if face.mean() >= FACE_SKIN else np.zeros_like(found)
