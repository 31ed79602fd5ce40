"""Which part of a picture is the garment, and which is skin."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .cielab import Lab

Weights = NDArray[np.float32]
"""Height × width: how surely each pixel is of the garment, 0 to 1."""

CELLS = (13, 16, 16)
"""Of the colour histograms: lightness, green to red, blue to yellow."""
FRAME = 0.06
"""Width of the frame, as a share of the side, that is taken to show mostly background."""
ROUNDS = 4


def garment(lab: Lab) -> Weights:
    """How surely each pixel of the picture belongs to the garment in it.

    What lies in the middle and what lies along the border give two colour histograms, which
    say of each pixel which of the two it is likelier to be; from that answer both are
    learnt anew, as in GrabCut (Rother, Kolmogorov and Blake, SIGGRAPH 2004), with a blur in
    the place of its graph cut. Where garment and background have one colour the place alone
    decides.
    """
    cells = _cells(lab)
    height, width = cells.shape
    prior, border = _places(height, width)
    weights = prior
    for _ in range(ROUNDS):
        inside = _histogram(cells, weights * prior)
        outside = _histogram(cells, (1 - weights) * (1 - prior) + border)
        mine = prior * inside[cells]
        sharp = (mine / (mine + (1 - prior) * outside[cells] + 1e-12)).astype(np.float32)
        weights = _blurred(sharp)
    return weights * sharp


def _cells(lab: Lab) -> NDArray[np.intp]:
    """The histogram's cell of each pixel."""
    light = (lab[..., 0] * (CELLS[0] / 100.1)).astype(np.intp)
    across = [
        np.clip((lab[..., axis] + 80) * (CELLS[axis] / 160), 0, CELLS[axis] - 1).astype(np.intp)
        for axis in (1, 2)
    ]
    return np.asarray((light * CELLS[1] + across[0]) * CELLS[2] + across[1])


def _histogram(cells: NDArray[np.intp], weights: Weights) -> Weights:
    """How often each colour occurs, as a density; neighbouring colours lend to each other."""
    counts = np.bincount(cells.ravel(), weights.ravel(), minlength=int(np.prod(CELLS)))
    smooth = counts.reshape(CELLS)
    for axis in range(3):
        padded = np.pad(smooth, [(1, 1) if axis == each else (0, 0) for each in range(3)])
        before, after = (
            np.take(padded, range(start, start + CELLS[axis]), axis) for start in (0, 2)
        )
        smooth = 0.25 * before + 0.5 * smooth + 0.25 * after
    return np.asarray((smooth / max(smooth.sum(), 1e-9)).ravel(), dtype=np.float32)


@lru_cache(maxsize=4)
def _places(height: int, width: int) -> tuple[Weights, Weights]:
    """How likely a garment lies at each place, and the frame that shows the background."""
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    prior = 0.02 + 0.9 * np.exp(-((np.abs(x) / 0.75) ** 3) - (np.abs(y) / 0.85) ** 3)
    edge = np.maximum(np.abs(x), np.abs(y)) > 1 - 2 * FRAME
    return prior.astype(np.float32), edge.astype(np.float32)


def _blurred(field: Weights, radius: int = 2) -> Weights:
    for axis in (0, 1):
        pads = [(radius + 1, radius) if each == axis else (0, 0) for each in (0, 1)]
        total = np.cumsum(np.pad(field, pads, mode="edge"), axis=axis, dtype=np.float32)
        far = np.take(total, range(2 * radius + 1, total.shape[axis]), axis)
        near = np.take(total, range(total.shape[axis] - 2 * radius - 1), axis)
        field = (far - near) / np.float32(2 * radius + 1)
    return np.clip(field, 0, 1)


LOWEST, LEFT, RIGHT = 0.3, 0.35, 0.65
"""Shares of height and width between which a model's face or neck is."""
LEAST = 0.25
"""Share of that part which looks like skin where somebody is in the picture."""

# Chai and Ngan, Face segmentation using skin-color map in videophone applications, IEEE
# Transactions on Circuits and Systems for Video Technology 9 (1999).
BLUE, RED = (77, 127), (133, 173)
"""Chrominance of skin of any tone, in YCbCr."""


def skin(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The pixels that look like skin, height × width; none where no face can be."""
    red, green, blue = (pixels[..., channel].astype(np.float32) for channel in range(3))
    blueness = 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue
    redness = 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue
    found = (blueness > BLUE[0]) & (blueness < BLUE[1]) & (redness > RED[0]) & (redness < RED[1])
    height, width = found.shape
    face = found[: int(height * LOWEST), int(width * LEFT) : int(width * RIGHT)]
    return found if face.mean() >= LEAST else np.zeros_like(found)
