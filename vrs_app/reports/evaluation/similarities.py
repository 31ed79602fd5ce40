"""The distribution of similarities in the catalogue, and suggesting a threshold."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from ...conf import conf
from ..duplicates.photo_vectors import Photos
from .exact import Nearest
from .figures import PERCENTS, Cut

Places = NDArray[np.int64]
Floats = NDArray[np.float32]

PAIRS = 20_000
"""Pairs sampled of each kind; percentiles are then stable to the second decimal."""
PAIRS_A_BATCH = 4096
STEPS = 1000
"""Thresholds are rounded down to multiples of 1 / STEPS."""

BREAK_EVEN = "as likely of the same category as not"
RANDOM_95 = "above 95% of random pairs"
RANDOM_99 = "above 99% of random pairs"

FEWEST_PRODUCTS = 20
"""Products that a catalogue must have for a threshold to be suggested."""

LEAST_FILLED = 0.5
"""Share of products that must keep their look-alikes for the break-even to be suggested."""


def sample_pairs(photos: Photos, codes: Places, nearest: Nearest, seed: int) -> dict[str, Floats]:
    """Similarities of sampled pairs of different products, by kind of pair.

    `codes` number each product's category, -1 for none. Kinds without pairs are left out.
    """
    draw = np.random.default_rng(seed)
    left, right = _random_pairs(draw, len(photos.keys))
    differ = (codes[left] >= 0) & (codes[right] >= 0) & (codes[left] != codes[right])
    random = _similarities(photos, left, right)
    kinds = {
        "same category": _similarities(photos, *_same_pairs(draw, codes)),
        "other category": random[differ],
        "random pairs": random,
        "neighbours": nearest.similarities[np.isfinite(nearest.similarities)],
    }
    return {name: values for name, values in kinds.items() if len(values)}


def percentiles(kinds: Mapping[str, Floats]) -> dict[str, dict[int, float]]:
    """The PERCENTS-th percentiles of each kind of pair."""
    return {
        name: dict(zip(PERCENTS, np.percentile(values, PERCENTS).tolist(), strict=True))
        for name, values in kinds.items()
    }


def _random_pairs(draw: np.random.Generator, products: int) -> tuple[Places, Places]:
    if products < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    left = draw.integers(products, size=PAIRS)
    return left, (left + draw.integers(1, products, size=PAIRS)) % products


def _same_pairs(draw: np.random.Generator, codes: Places) -> tuple[Places, Places]:
    """Random products, and for each another random product of its category."""
    order = np.argsort(codes, kind="stable")
    _, first, count = np.unique(codes[order], return_index=True, return_counts=True)
    first, count = np.repeat(first, count), np.repeat(count, count)
    paired = np.flatnonzero((codes[order] >= 0) & (count > 1))
    if not len(paired):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    left = draw.choice(paired, size=PAIRS)
    step = draw.integers(1, count[left])
    right = first[left] + (left - first[left] + step) % count[left]
    return order[left], order[right]


def _similarities(photos: Photos, left: Places, right: Places) -> Floats:
    """The similarity of the main pictures of each pair: pairs."""
    parts = [np.empty(0, dtype=np.float32)]
    for start in range(0, len(left), PAIRS_A_BATCH):
        one, other = (
            photos.vectors(photos.starts[places[start : start + PAIRS_A_BATCH]])
            for places in (left, right)
        )
        parts.append(np.einsum("ij,ij->i", one, other))
    return np.concatenate(parts)


def cuts(kinds: Mapping[str, Floats], codes: Places, nearest: Nearest, k: int) -> list[Cut]:
    """The effect of each rule's threshold, lowest threshold first; one of them is suggested.

    Suggested is the break-even, where there are categories and it leaves at least half of the
    products `VRS["MINIMUM"]` look-alikes; else the 95th percentile of random pairs, above which
    only 1 in 20 unrelated products is. None in a catalogue of fewer than FEWEST_PRODUCTS.
    """
    neighbours = nearest.similarities[:, :k]
    same = _same(codes, nearest.places[:, :k])
    rules = dict(_rules(kinds, neighbours, same))
    made = {rule: _cut(rule, at, neighbours, same, nearest) for rule, at in rules.items()}
    suggested = BREAK_EVEN if _fills_enough(made.get(BREAK_EVEN)) else RANDOM_95
    is_enough = len(codes) >= FEWEST_PRODUCTS
    return sorted(
        (
            Cut(**{**vars(cut), "suggested": is_enough and cut.rule == suggested})
            for cut in made.values()
        ),
        key=lambda cut: cut.threshold,
    )


def _fills_enough(cut: Cut | None) -> bool:
    return cut is not None and cut.filled >= LEAST_FILLED


def _rules(
    kinds: Mapping[str, Floats], neighbours: Floats, same: NDArray[np.int8]
) -> Iterator[tuple[str, float]]:
    """The threshold of each rule that can be applied, by the rule's name."""
    if len(random := kinds.get("random pairs", np.empty(0))):
        yield RANDOM_95, float(np.percentile(random, 95))
        yield RANDOM_99, float(np.percentile(random, 99))
    known = same >= 0
    if known.any():
        yield BREAK_EVEN, break_even(neighbours[known], same[known] == 1)


def break_even(similarities: Floats, same: NDArray[np.bool_]) -> float:
    """The threshold with the fewest errors: wrong neighbours shown and right ones hidden.

    `same`: for each of the `similarities`, whether that neighbour is right. The Bayes decision
    rule for minimum error (Duda, Hart and Stork 2001, section 2.3): the share of right neighbours
    rises with similarity, and this is where it passes one half.
    """
    order = np.argsort(-similarities, kind="stable")
    ordered, gain = similarities[order], np.cumsum(np.where(same[order], 1, -1))
    ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)  # no cut between ties
    best = ends[len(ends) - 1 - np.argmax(gain[ends][::-1])]  # the lowest of equally good ones
    return float(ordered[best])


def _same(codes: Places, places: Places) -> NDArray[np.int8]:
    """1 for a neighbour of the query's category, 0 for any other; products × k.

    -1 where the query has no category, or there is no neighbour.
    """
    same: NDArray[np.int8] = (codes[places] == codes[:, np.newaxis]).astype(np.int8)
    same[(codes[:, np.newaxis] < 0) | (places < 0)] = -1
    return same


def _cut(
    rule: str, at: float, neighbours: Floats, same: NDArray[np.int8], nearest: Nearest
) -> Cut:
    """The effect of the threshold `at`, rounded down."""
    threshold = float(np.floor(at * STEPS) / STEPS)
    stays, there = neighbours >= threshold, np.isfinite(neighbours)
    known = same[stays & (same >= 0)]
    look_alikes = (nearest.similarities >= threshold).sum(axis=1)
    return Cut(
        rule=rule,
        threshold=threshold,
        kept=float(stays.sum() / there.sum()),
        precision=float(np.mean(known)) if len(known) else None,
        filled=float(np.mean(look_alikes >= conf.MINIMUM)),
        suggested=False,
    )
