"""Interests: what belongs together, what stands for it, and how places are shared out."""

import numpy as np

from vrs_app.contrib.history.clustering import clusters
from vrs_app.contrib.history.interests import interests
from vrs_app.contrib.history.interleaving import interleaved
from vrs_app.embedders import Vectors, unit_length


def around(direction: int, count: int, seed: int = 0, spread: float = 0.05) -> Vectors:
    """Unit vectors about one axis of sixteen."""
    chance = np.random.default_rng(seed)
    points = spread * chance.normal(size=(count, 16))
    points[:, direction] += 1
    return unit_length(points.astype(np.float32))


def test_vectors_are_grouped_by_what_they_are_about() -> None:
    stacked = np.concatenate([around(0, 5, 1), around(3, 4, 2), around(7, 1, 3)])
    found = clusters(stacked, 3)
    assert sorted(map(sorted, found)) == [[0, 1, 2, 3, 4], [5, 6, 7, 8], [9]]


def test_there_are_never_more_groups_than_asked_for_nor_than_vectors() -> None:
    stacked = around(0, 7, spread=1)
    for most in range(1, 10):
        found = clusters(stacked, most)
        assert len(found) == min(most, 7)
        assert sorted(row for group in found for row in group) == list(range(7))


def test_groups_are_those_of_a_search_without_shortcuts() -> None:
    """Ward's own rule, computed from scratch at each step."""
    stacked = around(0, 14, seed=5, spread=1).astype(np.float64)
    groups = [[row] for row in range(14)]

    def variance(rows: list[int]) -> float:
        return float(((stacked[rows] - stacked[rows].mean(0)) ** 2).sum())

    while len(groups) > 4:
        one, other = min(
            ((a, b) for a in range(len(groups)) for b in range(a)),
            key=lambda pair: (
                variance(groups[pair[0]] + groups[pair[1]])
                - variance(groups[pair[0]])
                - variance(groups[pair[1]])
            ),
        )
        groups[other] += groups.pop(one)
    assert sorted(map(sorted, clusters(stacked.astype(np.float32), 4))) == sorted(
        map(sorted, groups)
    )


def test_an_interest_is_led_by_its_medoid_and_weighs_what_is_in_it() -> None:
    stacked = around(0, 6, seed=1, spread=0.2)
    vectors = dict(zip("abcdef", stacked, strict=True))
    weights = dict.fromkeys("abcdef", 2.0)
    (found,) = interests(vectors, weights, 1)
    distances = {
        key: sum(float(((vectors[key] - other) ** 2).sum()) for other in stacked)
        for key in vectors
    }
    assert found.members[0] == min(distances, key=lambda key: distances[key])
    assert found.weight == 12
    assert len(found.members) == 5


def test_the_heavy_pull_the_medoid_to_themselves() -> None:
    vectors = dict(zip("ab", np.concatenate([around(0, 1), around(1, 1)]), strict=True))
    assert interests(vectors, {"a": 1, "b": 3}, 1)[0].members[0] == "b"
    assert interests(vectors, {"a": 3, "b": 1}, 1)[0].members[0] == "a"


def test_one_product_or_none_are_interests_too() -> None:
    vectors = {"a": around(0, 1)[0]}
    assert [each.members for each in interests(vectors, {"a": 1, "unseen": 9}, 4)] == [("a",)]
    assert interests({}, {"a": 1}, 4) == []


def test_an_accident_is_no_interest() -> None:
    stacked = np.concatenate([around(0, 4), around(5, 1)])
    vectors = dict(zip("abcdx", stacked, strict=True))
    heavy = dict.fromkeys("abcd", 5.0)
    assert len(interests(vectors, {**heavy, "x": 0.1}, 2)) == 1
    assert len(interests(vectors, {**heavy, "x": 1}, 2)) == 2


def test_a_small_interest_has_its_place_in_the_first_ten() -> None:
    rows = ["abcdefghijklmnop", "ABCDEFG"]
    found = interleaved(rows, [99, 1], 10, lambda item: [item])
    assert found[0] == "a"
    assert "A" in found
    even = interleaved(rows, [1, 1], 6, lambda item: [item])
    assert "".join(even) == "aAbBcC"


def test_each_is_shown_once_and_a_longer_answer_begins_like_a_shorter_one() -> None:
    rows = ["abcdef", "bXcYdZ"]
    longest = interleaved(rows, [3, 1], 100, lambda item: [item])
    assert sorted(longest) == sorted({*"abcdefXYZ"})
    for count in range(9):
        assert interleaved(rows, [3, 1], count, lambda item: [item]) == longest[:count]
        cut = [row[:count] for row in rows]
        assert interleaved(cut, [3, 1], count, lambda item: [item]) == longest[:count]
