"""Shape and colour by hand: no weights, no TensorFlow, a few milliseconds a picture.

For the test suites of shops and for machines too small for a network. Shape is a histogram
of oriented gradients (Dalal and Triggs, "Histograms of Oriented Gradients for Human
Detection", CVPR 2005) of the picture plus that of its mirror image, so that a shoe that
points left is near one that points right; colour is a small mean-free thumbnail.
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

from ..vision import Pixels, to_square
from .base import Embedder, Vectors, unit_length

Array = NDArray[np.float32]

SIZE = 112
CELL = 16
DIRECTIONS = 9
BLOCK = 2
CLIP = 0.2
THUMBNAIL = 12
COLOUR_WEIGHT = 0.5

_CELLS = SIZE // CELL
_SHAPE_NUMBERS = (_CELLS - BLOCK + 1) ** 2 * BLOCK**2 * DIRECTIONS


class HandcraftedEmbedder(Embedder):
    dimensions = _SHAPE_NUMBERS + THUMBNAIL**2 * 3
    picture_size = SIZE

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return unit_length(np.stack([describe(pixels) for pixels in pictures]))


def describe(pixels: Pixels) -> Array:
    """Shape and colour of one picture, joined; 1,728 numbers, not yet of unit length."""
    grey = np.sqrt(np.asarray(Image.fromarray(pixels).convert("L"), dtype=np.float32) / 255)
    shape = gradients(grey) + gradients(grey[:, ::-1])
    return np.concatenate([_scaled(shape), COLOUR_WEIGHT * _scaled(colours(pixels))])


def gradients(grey: Array) -> Array:
    """Histogram of oriented gradients of a square grey picture."""
    down, right = np.gradient(grey)
    strength = np.hypot(down, right)
    angle = np.mod(np.arctan2(down, right), np.pi) * (DIRECTIONS / np.pi)
    return _blocks(_cells(strength, angle))


def _cells(strength: Array, angle: Array) -> Array:
    """Cells × cells × directions; each pixel shared between its two nearest directions."""
    lower = np.floor(angle - 0.5).astype(int)
    share = angle - 0.5 - lower
    pixel_rows, pixel_columns = np.indices(strength.shape) // CELL
    cells = np.zeros((_CELLS, _CELLS, DIRECTIONS), dtype=np.float32)
    for direction, weight in ((lower, 1 - share), (lower + 1, share)):
        np.add.at(cells, (pixel_rows, pixel_columns, direction % DIRECTIONS), strength * weight)
    return cells


def _blocks(cells: Array) -> Array:
    """Each block of neighbouring cells to unit length, clipped, and to unit length again."""
    windows = sliding_window_view(cells, (BLOCK, BLOCK), axis=(0, 1))
    rows = windows.reshape(-1, BLOCK**2 * DIRECTIONS)
    clipped = np.minimum(rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-3), CLIP)
    blocks: Array = clipped / (np.linalg.norm(clipped, axis=1, keepdims=True) + 1e-3)
    return blocks.ravel()


def colours(pixels: Pixels) -> Array:
    """A thumbnail less its mean: the colours, whatever the exposure."""
    small = to_square(Image.fromarray(pixels), THUMBNAIL).astype(np.float32)
    free: Array = small - small.mean()
    return free.ravel()


def _scaled(numbers: Array) -> Array:
    length = float(np.linalg.norm(numbers))
    return numbers / length if length > 1e-6 else np.zeros_like(numbers)
