"""What an embedder is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..vision import Pixels

Vector = NDArray[np.float32]
"""One picture's numbers, shape (dimensions,), of length 1."""

Vectors = NDArray[np.float32]
"""Pictures × dimensions, each row of length 1."""

MIN_LENGTH, MAX_NUMBER = 1e-6, float(np.finfo(np.float16).max)
"""Bounds of a vector's length, and of its numbers in half precision."""


class Embedder(ABC):
    """Turns upright RGB pictures into unit vectors that lie near for look-alikes.

    Two embedders of the same class, `options` and `weights_digest` are one space. A class
    that joins several steps (a projection, a colour descriptor) is an embedder like any
    other: what it joins belongs in `options` and `weights_digest`.

    The constructor takes what `arguments_from_settings` or, while another embedder takes
    over, `arguments_from_space` returns, and does the heavy work; it raises
    EmbedderUnavailable, with the ways out, when it cannot.
    """

    dimensions: ClassVar[int]
    picture_size: int
    """Side in pixels of the square pictures that `embed` takes."""

    @classmethod
    def arguments_from_settings(cls) -> dict[str, Any]:
        """The constructor's arguments, read from the settings; cheap, loads nothing."""
        return {}

    @classmethod
    def arguments_from_space(cls, options: Mapping[str, Any], weights: str) -> dict[str, Any]:
        """The constructor's arguments that made a space: its `options`, and its `weights`."""
        return {**options, "weights": weights} if weights else {**options}

    @property
    def options(self) -> Mapping[str, Any]:
        """What makes two embedders of this class different, beside their weights; as JSON."""
        return {}

    @property
    def weights(self) -> str:
        """Where the weights came from, for people to read; empty for none."""
        return ""

    @property
    def weights_digest(self) -> str:
        """SHA-256 of the numbers in the weights; empty for none."""
        return ""

    @abstractmethod
    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        """The unit vectors of `pictures`, each of `picture_size` squared.

        A picture with nothing in it gives a row that is zero or not finite; the caller
        refuses such rows.
        """


def unit_length(vectors: NDArray[np.floating]) -> Vectors:
    """Each row divided by its length; rows without length become NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: Vectors = scaled.astype(np.float32)
    return rows


def has_direction(vector: Vector) -> bool:
    """Whether the vector has a cosine in half precision; others are missing from an index."""
    length, largest = float(np.linalg.norm(vector)), float(np.abs(vector).max())
    return MIN_LENGTH < length < np.inf and largest <= MAX_NUMBER
