from typing import Any

import numpy as np
import pytest
from pytest_django import Settings

from vrs_app.reports.evaluation import similarities
from vrs_app.reports.evaluation.exact import Nearest, compare
from vrs_app.reports.evaluation.similarities import (
    BREAK_EVEN,
    RANDOM_95,
    RANDOM_99,
    break_even,
    cuts,
)

from .test_evaluation_exact import some


def array(*values: float) -> Any:
    return np.array(values, dtype=np.float32)


def test_break_even_is_where_right_neighbours_stop_outweighing_wrong_ones() -> None:
    near = array(0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
    same = np.array([True, True, False, True, False, False])
    assert break_even(near, same) == pytest.approx(0.6)


def test_break_even_of_equally_good_ones_is_the_lowest() -> None:
    near = array(0.9, 0.8, 0.7)
    assert break_even(near, np.array([True, False, True])) == pytest.approx(0.7)
    assert break_even(near, np.array([True, True, True])) == pytest.approx(0.7)


def test_break_even_divides_no_ties() -> None:
    near = array(0.9, 0.5, 0.5, 0.5)
    assert break_even(near, np.array([True, True, False, False])) == pytest.approx(0.9)
    assert break_even(near, np.array([True, True, True, False])) == pytest.approx(0.5)


def nearest(similarity: Any, places: Any) -> Nearest:
    return Nearest(places=np.array(places), similarities=np.array(similarity, dtype=np.float32))


@pytest.fixture
def answers() -> Nearest:
    """Twenty products of ten categories: each has a right neighbour at 0.9, a wrong one at 0.5."""
    places = [[twin, (twin + 2) % 20] for twin in (place ^ 1 for place in range(20))]
    return nearest([[0.9, 0.5]] * 20, places)


CODES = np.arange(20) // 2
RANDOM = {"random pairs": np.linspace(0, 1, 101, dtype=np.float32)}


def test_each_rule_says_what_its_threshold_would_do(answers: Nearest, settings: Settings) -> None:
    settings.VRS = settings.VRS | {"MINIMUM": 1}
    found = {cut.rule: cut for cut in cuts(RANDOM, CODES, answers, 2)}
    even = found[BREAK_EVEN]
    assert even.threshold == pytest.approx(0.9, abs=0.0015)
    assert (even.kept, even.precision, even.filled, even.suggested) == (0.5, 1, 1, True)
    assert found[RANDOM_95].threshold == pytest.approx(0.95, abs=0.0015)
    assert (found[RANDOM_95].kept, found[RANDOM_95].precision) == (0, None)
    assert found[RANDOM_99].threshold == pytest.approx(0.99, abs=0.0015)


def test_a_break_even_that_empties_most_carousels_is_not_suggested(
    answers: Nearest, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"MINIMUM": 2}
    found = {cut.rule: cut for cut in cuts(RANDOM, CODES, answers, 2)}
    assert found[BREAK_EVEN].filled == 0
    assert [cut.rule for cut in found.values() if cut.suggested] == [RANDOM_95]


def test_without_categories_random_pairs_suggest_and_nothing_is_called_right(
    answers: Nearest,
) -> None:
    found = cuts(RANDOM, np.full(20, -1), answers, 2)
    assert [cut.rule for cut in found] == [RANDOM_95, RANDOM_99]
    assert [cut.precision for cut in found] == [None, None]
    assert found[0].suggested


def test_a_handful_of_products_suggests_nothing() -> None:
    few = nearest([[0.9, 0.5]] * 4, [[1, 2], [0, 3], [3, 0], [2, 1]])
    found = cuts(RANDOM, np.array([0, 0, 1, 1]), few, 2)
    assert len(found) == 3
    assert not any(cut.suggested for cut in found)


def test_a_neighbour_without_a_category_is_a_wrong_one() -> None:
    answers = nearest([[0.9, 0.5]] * 4, [[1, 2], [0, 3], [3, 0], [2, 1]])
    (even,) = (
        cut for cut in cuts({}, np.array([0, -1, 1, 1]), answers, 2) if cut.rule == BREAK_EVEN
    )
    assert even.precision == pytest.approx(2 / 3)  # of 0, 2 and 3; nobody asks for 1


def test_pairs_of_the_same_category_are_of_it_and_never_a_product_with_itself() -> None:
    codes = np.array([0, 1, 0, -1, 1, 0, 2, -1])
    left, right = similarities._same_pairs(np.random.default_rng(0), codes)
    assert len(left) == similarities.PAIRS
    assert (codes[left] == codes[right]).all()
    assert (left != right).all()
    assert set(codes[left].tolist()) == {0, 1}  # 2 has one product only
    assert {(int(a), int(b)) for a, b in zip(left, right, strict=True)} == {
        *((a, b) for a in (0, 2, 5) for b in (0, 2, 5) if a != b),
        *((1, 4), (4, 1)),
    }


def test_the_distribution_is_that_of_all_pairs() -> None:
    known = some(*[1] * 60)
    vectors = known.vectors(slice(None))
    codes = np.arange(60) % 3
    pairs = np.triu_indices(60, 1)
    true = (vectors @ vectors.T)[pairs]
    same = codes[pairs[0]] == codes[pairs[1]]
    found = similarities.sample_pairs(
        known, codes, compare(known, count=4, duplicates_from=2).nearest, 0
    )
    for name, values in {
        "same category": true[same],
        "other category": true[~same],
        "random pairs": true,
    }.items():
        got = similarities.percentiles(found)[name]
        expected = np.percentile(values, list(got))
        np.testing.assert_allclose(list(got.values()), expected, atol=0.02)
    assert len(found["neighbours"]) == 60 * 4


def test_one_product_has_no_pairs() -> None:
    alone = some(1)
    near = compare(alone, count=4, duplicates_from=2).nearest
    kinds = similarities.sample_pairs(alone, np.array([0]), near, 0)
    assert kinds == {}
    assert cuts(kinds, np.array([0]), near, 4) == []
