"""A product as the vectors know it, before the shop's own row is read."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalogue import Picture


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A product by its nearest picture, with that picture's unit vector."""

    key: Any
    similarity: float
    picture: Picture
    vector: NDArray[np.float32] = field(repr=False, compare=False)
    duplicates: tuple["Neighbour", ...] = ()
