"""How near products of this catalogue are to each other, and where to cut."""

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
"""Pairs of each kind that are drawn: the percentiles then stand to the second decimal."""
CHUNK = 4096
STEP = 1000
"""Thresholds are suggested in thousandths."""

BREAK_EVEN = "as likely of the same category as not"
RANDOM_95 = "above 95% of random pairs"
RANDOM_99 = "above 99% of random pairs"

FEWEST = 20
"""Fewer products than this tell nothing about those to come."""

WORTH_IT = 0.5
"""A break-even that leaves fewer products than this their look-alikes is not suggested."""


def sampled(photos: Photos, codes: Places, nearest: Nearest, seed: int) -> dict[str, Floats]:
    """Similarities of pairs of different products, by kind; a kind without pairs is left out.

    `codes` number the products' categories, -1 for none.
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
    """A product drawn blindly, and another of its category."""
    order = np.argsort(codes, kind="stable")
    _, first, count = np.unique(codes[order], return_index=True, return_counts=True)
    first, count = np.repeat(first, count), np.repeat(count, count)
    able = np.flatnonzero((codes[order] >= 0) & (count > 1))
    if not len(able):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    left = draw.choice(able, size=PAIRS)
    step = draw.integers(1, count[left])
    right = first[left] + (left - first[left] + step) % count[left]
    return order[left], order[right]


def _similarities(photos: Photos, left: Places, right: Places) -> Floats:
    """Of each pair's first pictures."""
    parts = [np.empty(0, dtype=np.float32)]
    for start in range(0, len(left), CHUNK):
        one, other = (
            photos.vectors(photos.starts[places[start : start + CHUNK]])
            for places in (left, right)
        )
        parts.append(np.einsum("ij,ij->i", one, other))
    return np.concatenate(parts)


def cuts(kinds: Mapping[str, Floats], codes: Places, nearest: Nearest, k: int) -> list[Cut]:
    """What each rule's threshold would do, lowest first; one of them is suggested.

    That is the break-even where there are categories and it leaves at least half of the
    products `VRS["MINIMUM"]` look-alikes; else the 95th percentile of random pairs, which
    nothing but chance keeps 1 in 20 unrelated products above. Of a handful of products, none.
    """
    of_answers = nearest.similarities[:, :k]
    same = _same(codes, nearest.places[:, :k])
    rules = dict(_rules(kinds, of_answers, same))
    made = {rule: _cut(rule, at, of_answers, same, nearest) for rule, at in rules.items()}
    suggested = BREAK_EVEN if _is_worth_it(made.get(BREAK_EVEN)) else RANDOM_95
    is_enough = len(codes) >= FEWEST
    return sorted(
        (
            Cut(**{**vars(cut), "suggested": is_enough and cut.rule == suggested})
            for cut in made.values()
        ),
        key=lambda cut: cut.threshold,
    )


def _is_worth_it(cut: Cut | None) -> bool:
    return cut is not None and cut.filled >= WORTH_IT


def _rules(
    kinds: Mapping[str, Floats], of_answers: Floats, same: NDArray[np.int8]
) -> Iterator[tuple[str, float]]:
    if len(random := kinds.get("random pairs", np.empty(0))):
        yield RANDOM_95, float(np.percentile(random, 95))
        yield RANDOM_99, float(np.percentile(random, 99))
    known = same >= 0
    if known.any():
        yield BREAK_EVEN, break_even(of_answers[known], same[known] == 1)


def break_even(similarities: Floats, same: NDArray[np.bool_]) -> float:
    """The threshold above which right neighbours outweigh wrong ones the most.

    Bayes' rule for the least errors, a wrong neighbour shown and a right one hidden counting
    alike (Duda, Hart and Stork 2001, section 2.3): with similarity the share of right
    neighbours rises, and this is where it passes one half.
    """
    order = np.argsort(-similarities, kind="stable")
    ordered, gain = similarities[order], np.cumsum(np.where(same[order], 1, -1))
    ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)  # ties stay together
    best = ends[len(ends) - 1 - np.argmax(gain[ends][::-1])]  # of equally good ones the lowest
    return float(ordered[best])


def _same(codes: Places, places: Places) -> NDArray[np.int8]:
    """1 for a neighbour of the same category, 0 for one of none or another, -1 for no query."""
    same: NDArray[np.int8] = (codes[places] == codes[:, np.newaxis]).astype(np.int8)
    same[(codes[:, np.newaxis] < 0) | (places < 0)] = -1
    return same


def _cut(
    rule: str, at: float, of_answers: Floats, same: NDArray[np.int8], nearest: Nearest
) -> Cut:
    threshold = float(np.floor(at * STEP) / STEP)
    stays, there = of_answers >= threshold, np.isfinite(of_answers)
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
