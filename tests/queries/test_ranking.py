"""Re-ranking in memory: variety, fusion, near-duplicates."""

from collections.abc import Sequence

import numpy as np

from vrs_app.queries.candidates import Neighbour
from vrs_app.queries.ranking import diversify, group_near_duplicates, ranks, reciprocal_rank_fusion

from .neighbours import neighbour, unit


def test_no_diversity_changes_nothing() -> None:
    near = [neighbour("a", 0.9, unit(0)), neighbour("b", 0.8, unit(1))]
    assert diversify(near, 0) == near
    assert diversify([], 0.5) == []


def test_the_nearest_stays_first() -> None:
    near = [neighbour(key, 0.9 - step / 10, unit(10 * step)) for step, key in enumerate("abc")]
    assert diversify(near, 0.7)[0] == near[0]


def test_a_twin_comes_after_something_different() -> None:
    near = [
        neighbour("first", 0.95, unit(0)),
        neighbour("twin", 0.94, unit(1)),
        neighbour("other", 0.80, unit(60)),
    ]
    assert [one.key for one in diversify(near, 0.5)] == ["first", "other", "twin"]
    assert [one.key for one in diversify(near, 0.05)] == ["first", "twin", "other"]


def test_the_order_is_that_of_the_published_formula() -> None:
    chance = np.random.default_rng(3)
    near = [
        neighbour(key, float(chance.uniform(0.5, 1)), unit(float(chance.uniform(0, 90))))
        for key in range(12)
    ]
    near.sort(key=lambda one: -one.similarity)
    trade = 0.4
    left, order = list(near), [near[0]]
    left.remove(near[0])
    while left:
        best = max(
            left,
            key=lambda one: (
                (1 - trade) * one.similarity
                - trade * max(float(one.vector @ taken.vector) for taken in order)
            ),
        )
        left.remove(best)
        order.append(best)
    assert [one.key for one in diversify(near, trade)] == [one.key for one in order]


def test_what_both_rankings_know_comes_before_what_one_knows() -> None:
    by_looks = {"a": 1, "b": 2, "c": 3}
    by_words = {"d": 1, "c": 2}
    assert reciprocal_rank_fusion([(0.5, by_looks), (0.5, by_words)])[0] == "c"


def test_scores_are_those_of_the_source() -> None:
    """1/61 and 1/63 for "a", twice 1/62 for "b"."""
    first, second = {"a": 1, "b": 2}, {"b": 2, "a": 3}
    assert reciprocal_rank_fusion([(1, first), (1, second)]) == ["a", "b"]
    assert 1 / 61 + 1 / 63 > 2 / 62


def test_the_weight_decides_between_rankings() -> None:
    by_looks, by_words = {"a": 1, "b": 2}, {"b": 1, "a": 2}
    assert reciprocal_rank_fusion([(0.9, by_looks), (0.1, by_words)]) == ["a", "b"]
    assert reciprocal_rank_fusion([(0.1, by_looks), (0.9, by_words)]) == ["b", "a"]


def test_a_ranking_without_weight_brings_nothing_in() -> None:
    assert reciprocal_rank_fusion([(1, {"a": 1}), (0, {"b": 1})]) == ["a"]


def test_equal_scores_share_one_rank() -> None:
    assert ranks({"a": 0.5, "b": 0.9, "c": 0.5, "d": 0.1}) == {"b": 1, "a": 2, "c": 2, "d": 3}


def test_of_nothing_comes_nothing() -> None:
    assert reciprocal_rank_fusion([(1, {}), (1, {})]) == []
    assert ranks({}) == {}


AT_FIVE_DEGREES = 0.9961


def groups(found: Sequence[Neighbour]) -> list[str]:
    return [one.key + "".join(twin.key for twin in one.duplicates) for one in found]


def near(*degrees: float) -> list[Neighbour]:
    return [
        neighbour(key, 1 - place / 100, unit(angle))
        for place, (key, angle) in enumerate(zip("abcdef", degrees, strict=False))
    ]


def test_twins_join_the_first_of_them_in_order() -> None:
    assert groups(group_near_duplicates(near(0, 40, 1, 41, 80), AT_FIVE_DEGREES)) == [
        "ac",
        "bd",
        "e",
    ]


def test_a_chain_is_no_group() -> None:
    """b is nearly a and c nearly b, yet c is not nearly a."""
    assert groups(group_near_duplicates(near(0, 4, 8), AT_FIVE_DEGREES)) == ["ab", "c"]


def test_a_longer_answer_begins_like_a_shorter_one() -> None:
    degrees = (0, 40, 1, 41, 80, 2)
    for length in range(1, 6):
        firsts = [
            one.key for one in group_near_duplicates(near(*degrees)[:length], AT_FIVE_DEGREES)
        ]
        longer = [one.key for one in group_near_duplicates(near(*degrees), AT_FIVE_DEGREES)]
        assert longer[: len(firsts)] == firsts


def test_above_one_nothing_is_grouped() -> None:
    assert groups(group_near_duplicates(near(0, 0, 0), 1.01)) == ["a", "b", "c"]
    assert group_near_duplicates([], 0.9) == []


def test_the_same_vector_is_the_same_though_its_square_is_a_rounding_below_one() -> None:
    nearly = np.nextafter(unit(0), np.float32(0))
    twins = [neighbour(key, 0.9, nearly) for key in "ab"]
    assert nearly @ nearly < 1
    assert groups(group_near_duplicates(twins, 1.0)) == ["ab"]
