"""Several interests instead of one average, which would lie between them and mean nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .clustering import Vectors, clusters, squared_distances

MOST_MEMBERS = 5
"""Of one interest, those nearest to its medoid ask for it: their mean is still inside it."""

LEAST_SHARE = 0.01
"""An interest that is a smaller part of what a shopper did was an accident."""


@dataclass(frozen=True, kw_only=True)
class Interest:
    """`members` are keys of products, the medoid first; `medoid` is that one's vector."""

    members: tuple[Any, ...]
    medoid: Vectors
    weight: float


def interests(
    vectors: Mapping[Any, Vectors], weights: Mapping[Any, float], most: int
) -> list[Interest]:
    """At most `most` interests in products of unit `vectors`, the weightiest first.

    Each is represented by its medoid, a product that there is, as in Pal et al., "PinnerSage:
    multi-modal user embedding framework for recommendations at Pinterest", KDD 2020.
    """
    keys = [key for key in weights if key in vectors]
    if not keys:
        return []
    stacked = np.stack([vectors[key] for key in keys])
    found = [
        _interest([keys[row] for row in group], stacked[group], weights)
        for group in clusters(stacked, most)
    ]
    total = sum(each.weight for each in found)
    meant = [each for each in found if each.weight >= LEAST_SHARE * total]
    return sorted(meant, key=lambda each: -each.weight)


def _interest(keys: Sequence[Any], vectors: Vectors, weights: Mapping[Any, float]) -> Interest:
    heavy = np.array([weights[key] for key in keys])
    distances = squared_distances(vectors)
    medoid = int(np.argmin(np.vecdot(distances, heavy)))
    nearest = np.argsort(distances[medoid], kind="stable")
    order = [medoid, *(int(row) for row in nearest if row != medoid)]
    return Interest(
        members=tuple(keys[row] for row in order[:MOST_MEMBERS]),
        medoid=vectors[medoid],
        weight=float(heavy.sum()),
    )
