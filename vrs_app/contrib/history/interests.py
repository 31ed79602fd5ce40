"""A shopper's interests: clusters of products they like, since one mean would lie between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vrs_app.embedders import Vector, Vectors

from .clustering import clusters, squared_distances

MOST_MEMBERS = 5
"""Members of an interest that form its query: those nearest to its medoid."""

LEAST_SHARE = 0.01
"""Interests with a smaller share of the total weight are dropped as accidental."""


@dataclass(frozen=True, kw_only=True)
class Interest:
    """`members`: product keys, the medoid first. `medoid`: its vector. `weight`: their sum."""

    members: tuple[Any, ...]
    medoid: Vector
    weight: float


def interests(
    vectors: Mapping[Any, Vector], weights: Mapping[Any, float], most: int
) -> list[Interest]:
    """At most `most` interests in the products with `weights`, the heaviest first.

    Products without a vector are ignored. Each interest is represented by its medoid, a product
    that exists, as in Pal et al., "PinnerSage: multi-modal user embedding framework for
    recommendations at Pinterest", KDD 2020.
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
    kept = [each for each in found if each.weight >= LEAST_SHARE * total]
    return sorted(kept, key=lambda each: -each.weight)


def _interest(keys: Sequence[Any], vectors: Vectors, weights: Mapping[Any, float]) -> Interest:
    """The interest of one cluster: `keys` and `vectors` in the same order."""
    weight = np.array([weights[key] for key in keys])
    distances = squared_distances(vectors)
    medoid = int(np.argmin(np.vecdot(distances, weight)))
    nearest = np.argsort(distances[medoid], kind="stable")
    order = [medoid, *(int(row) for row in nearest if row != medoid)]
    return Interest(
        members=tuple(keys[row] for row in order[:MOST_MEMBERS]),
        medoid=vectors[medoid],
        weight=float(weight.sum()),
    )
