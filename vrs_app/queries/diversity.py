"""Variety among products that all look like one."""

from collections.abc import Sequence

import numpy as np

from .neighbour import Neighbour


def diversified(neighbours: Sequence[Neighbour], diversity: float) -> list[Neighbour]:
    """The same neighbours in the order of maximal marginal relevance.

    Each next one is the most similar to the question, less `diversity` (0 to 1) times its
    greatest similarity to those before it. Carbonell and Goldstein, "The use of MMR,
    diversity-based reranking for reordering documents and producing summaries", SIGIR 1998.
    """
    if not diversity or not neighbours:
        return list(neighbours)
    relevance = np.array([neighbour.similarity for neighbour in neighbours])
    vectors = np.stack([neighbour.vector for neighbour in neighbours])
    likeness = vectors @ vectors.T
    redundancy = np.zeros(len(neighbours))
    open_places = np.ones(len(neighbours), dtype=bool)
    order: list[int] = []
    while len(order) < len(neighbours):
        score = (1 - diversity) * relevance - diversity * redundancy
        best = int(np.argmax(np.where(open_places, score, -np.inf)))
        open_places[best] = False
        redundancy = np.maximum(redundancy, likeness[best]) if order else likeness[best]
        order.append(best)
    return [neighbours[place] for place in order]
