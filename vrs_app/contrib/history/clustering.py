"""Agglomerative clustering of unit vectors."""

import numpy as np
from numpy.typing import NDArray

from vrs_app.embedders import Vectors
from vrs_app.spaces import pairwise_similarities


def clusters(vectors: Vectors, most: int) -> list[list[int]]:
    """The rows of `vectors` in at most `most` clusters of least variance.

    Agglomerative, by the increase of variance: Ward, "Hierarchical grouping to optimize an
    objective function", JASA 58 (1963), with the distance updates of Lance and Williams, "A
    general theory of classificatory sorting strategies", The Computer Journal 9 (1967). Time is
    cubic in the number of rows; a hundred take milliseconds.
    """
    groups = [[row] for row in range(len(vectors))]
    sizes = np.ones(len(vectors))
    costs = squared_distances(vectors)
    np.fill_diagonal(costs, np.inf)
    left = len(groups)
    while left > most:
        one, other = sorted(
            int(place) for place in np.unravel_index(np.argmin(costs), costs.shape)
        )
        total = sizes + sizes[one] + sizes[other]
        merged = (
            (sizes + sizes[one]) * costs[one]
            + (sizes + sizes[other]) * costs[other]
            - sizes * costs[one, other]
        ) / total
        merged[one] = np.inf
        costs[one, :] = costs[:, one] = merged
        costs[other, :] = costs[:, other] = np.inf
        sizes[one] += sizes[other]
        groups[one] += groups[other]
        groups[other] = []
        left -= 1
    return [group for group in groups if group]


def squared_distances(vectors: Vectors) -> NDArray[np.float64]:
    """Squared Euclidean distances of every two rows: n × n."""
    distances: NDArray[np.float64] = np.maximum(
        2 - 2 * pairwise_similarities(vectors.astype(np.float64)), 0
    )
    return distances
