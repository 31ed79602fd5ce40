import numpy as np

from vrs_app.queries.diversity import diversified

from .neighbours import neighbour, unit


def test_no_diversity_changes_nothing() -> None:
    near = [neighbour("a", 0.9, unit(0)), neighbour("b", 0.8, unit(1))]
    assert diversified(near, 0) == near
    assert diversified([], 0.5) == []


def test_the_nearest_stays_first() -> None:
    near = [neighbour(key, 0.9 - step / 10, unit(10 * step)) for step, key in enumerate("abc")]
    assert diversified(near, 0.7)[0] == near[0]


def test_a_twin_comes_after_something_different() -> None:
    near = [
        neighbour("first", 0.95, unit(0)),
        neighbour("twin", 0.94, unit(1)),
        neighbour("other", 0.80, unit(60)),
    ]
    assert [one.key for one in diversified(near, 0.5)] == ["first", "other", "twin"]
    assert [one.key for one in diversified(near, 0.05)] == ["first", "twin", "other"]


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
    assert [one.key for one in diversified(near, trade)] == [one.key for one in order]
