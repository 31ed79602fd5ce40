"""Neighbours in the plane, where anybody can see how near they are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrs_app.catalogue import Picture
from vrs_app.queries.candidates import Neighbour


def unit(degrees: float) -> NDArray[np.float32]:
    """The unit vector at this angle."""
    angle = np.deg2rad(degrees)
    return np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)


def neighbour(key: Any, similarity: float, vector: NDArray[np.float32]) -> Neighbour:
    picture = Picture(name=f"{key}.jpg")
    return Neighbour(key=key, similarity=similarity, picture=picture, vector=vector)
