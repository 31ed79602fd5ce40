"""Two embedders that never agree, so that anybody can tell which space an answer is from.

One sees shapes only, the other colours only, in vectors of different lengths. Of the products
here each shape is there once in each colour: the three that look most like one of them have
its shape in the one space, its colour in the other, and something else in a mixture.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from vrs_app.embedders import Embedder, Vectors, unit_length
from vrs_app.embedders.handcrafted import SIZE, colours, gradients
from vrs_app.vision import Pixels

SHAPES = ("disc", "stripes", "bars", "triangle")
COLOURS = ("teal", "crimson", "gold", "navy")
ALIKE = 3
"""Products that are like one of them, in either space."""

DETAIL = 0.03
"""How much of the other pixels a picture's mean colour keeps, so that no two are the same."""


class ShapeEmbedder(Embedder):
    weights_digest = "shape"
    dimensions = 1296
    picture_size = SIZE

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return unit_length(np.stack([gradients(_grey(pixels)) for pixels in pictures]))


class ColourEmbedder(Embedder):
    weights_digest = "colour"
    dimensions = 435
    picture_size = SIZE

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        rows = [
            np.concatenate([_mean_colour(pixels), DETAIL * colours(pixels)]) for pixels in pictures
        ]
        return unit_length(np.stack(rows))


SHAPE, COLOUR = (f"{__name__}.{kind.__name__}" for kind in (ShapeEmbedder, ColourEmbedder))


def _grey(pixels: Pixels) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Ink on paper, whatever the colour of either."""
    grey = np.asarray(Image.fromarray(pixels).convert("L"), dtype=np.float32)
    grey = (grey - grey.min()) / max(float(np.ptp(grey)), 1.0)
    return (grey > 0.5).astype(np.float32)  # type: ignore[no-any-return]


def _mean_colour(pixels: Pixels) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Of the ink alone; no lightness, which white paper has too."""
    numbers = pixels.reshape(-1, 3).astype(np.float32)
    ink = numbers[np.ptp(numbers, axis=1) > 40]
    mean = (ink if len(ink) else numbers).mean(axis=0)
    colourful: np.ndarray[tuple[int], np.dtype[np.float32]] = mean - mean.mean()
    return colourful
