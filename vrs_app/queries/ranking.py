"""Re-ranking in memory: maximal marginal relevance, rank fusion, grouping of near-duplicates."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from ..spaces.vectors import nearly_same_from, pairwise_similarities, similarities
from .candidates import Neighbour

Key = TypeVar("Key", bound=Hashable)

DAMPING = 60
"""The constant k of reciprocal rank fusion, as in its source."""


def diversify(neighbours: Sequence[Neighbour], diversity: float) -> list[Neighbour]:
    """Re-rank by maximal marginal relevance; `diversity` is 0 (none) to 1.

    Each next one maximises (1 - diversity) · similarity - diversity · its greatest similarity
    to those before it. Carbonell and Goldstein, "The use of MMR,
    diversity-based reranking for reordering documents and producing summaries", SIGIR 1998.
    """
    if not diversity or not neighbours:
        return list(neighbours)
    relevance = np.array([neighbour.similarity for neighbour in neighbours])
    vectors = np.stack([neighbour.vector for neighbour in neighbours])
    likeness = pairwise_similarities(vectors)
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


def reciprocal_rank_fusion(rankings: Iterable[tuple[float, Mapping[Key, int]]]) -> list[Key]:
    """Fuse `rankings`, each a weight and the rank of each key from 1; the keys, best first.

    A key's score is the sum of weight / (60 + rank). Only ranks count, since a cosine and a
    text rank have no common scale. Cormack, Clarke and Büttcher, "Reciprocal rank
    fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009.
    """
    scores: dict[Key, float] = defaultdict(float)
    for weight, ranks in rankings:
        for key, rank in ranks.items():
            scores[key] += weight / (DAMPING + rank)
    return sorted((key for key in scores if scores[key]), key=lambda key: -scores[key])


def ranks(scores: Mapping[Key, float]) -> dict[Key, int]:
    """The rank of each key, 1 for the greatest score; equal scores share one rank."""
    places = {score: place for place, score in enumerate(sorted({*scores.values()})[::-1], 1)}
    return {key: places[score] for key, score in scores.items()}


def group_near_duplicates(neighbours: Sequence[Neighbour], threshold: float) -> list[Neighbour]:
    """Move each near-duplicate of an earlier neighbour into that one's `duplicates`.

    `threshold` is the cosine similarity from which two are near-duplicates; above 1, none are.
    Only the first of a group is compared, so that the groups of a longer answer begin like
    those of a shorter one.
    """
    lowest = nearly_same_from(threshold)
    if not neighbours or lowest > 1:
        return list(neighbours)
    firsts = np.empty((len(neighbours), len(neighbours[0].vector)), dtype=np.float32)
    groups: list[list[Neighbour]] = []
    for neighbour in neighbours:
        alike = np.flatnonzero(similarities(firsts[: len(groups)], neighbour.vector) >= lowest)
        if alike.size:
            groups[alike[0]].append(neighbour)
        else:
            firsts[len(groups)] = neighbour.vector
            groups.append([neighbour])
    return [replace(first, duplicates=tuple(twins)) for first, *twins in groups]
