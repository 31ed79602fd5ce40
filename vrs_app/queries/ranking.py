"""Re-ranking in memory: maximal marginal relevance, rank fusion, grouping of near-duplicates."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from ..spaces.vectors import nearly_same_from
from .candidates import Neighbour


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


Key = TypeVar("Key", bound=Hashable)

DAMPING = 60
"""How little a first place counts more than a second; the source's own choice."""


def fused(rankings: Iterable[tuple[float, Mapping[Key, int]]]) -> list[Key]:
    """The keys of all `rankings`, best first, by reciprocal rank fusion.

    Each ranking has a weight and the rank of each key in it, from 1; equals share one. A key's
    score is the sum of weight / (60 + rank). Ranks only, so that a cosine and a text's rank,
    which have no common measure, need none. Cormack, Clarke and Büttcher, "Reciprocal rank
    fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009.
    """
    scores: dict[Key, float] = defaultdict(float)
    for weight, ranks in rankings:
        for key, rank in ranks.items():
            scores[key] += weight / (DAMPING + rank)
    return sorted((key for key in scores if scores[key]), key=lambda key: -scores[key])


def ranks(scores: Mapping[Key, float]) -> dict[Key, int]:
    """The rank of each key, from 1 for the greatest score; equal scores share one rank."""
    places = {score: place for place, score in enumerate(sorted({*scores.values()})[::-1], 1)}
    return {key: places[score] for key, score in scores.items()}


def grouped(neighbours: Sequence[Neighbour], threshold: float) -> list[Neighbour]:
    """`neighbours` in their order, each that is nearly an earlier one moved into its duplicates.

    Only the first of a group is compared with, so that the groups of a longer answer begin
    like those of a shorter one.
    """
    lowest = nearly_same_from(threshold)
    if not neighbours or lowest > 1:
        return list(neighbours)
    firsts = np.empty((len(neighbours), len(neighbours[0].vector)), dtype=np.float32)
    groups: list[list[Neighbour]] = []
    for neighbour in neighbours:
        alike = np.flatnonzero(firsts[: len(groups)] @ neighbour.vector >= lowest)
        if alike.size:
            groups[alike[0]].append(neighbour)
        else:
            firsts[len(groups)] = neighbour.vector
            groups.append([neighbour])
    return [replace(first, duplicates=tuple(twins)) for first, *twins in groups]
