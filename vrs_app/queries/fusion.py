"""Several rankings as one."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

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
