"""Interleaving several rankings, each with its share of the places."""

from collections.abc import Callable, Collection, Sequence
from math import sqrt
from typing import Any, TypeVar

Item = TypeVar("Item")


def interleaved(
    rows: Sequence[Sequence[Item]],
    weights: Sequence[float],
    count: int,
    keys: Callable[[Item], Collection[Any]],
) -> list[Item]:
    """The first `count` items of the rankings `rows` interleaved; each row keeps its order.

    An item is skipped if one of its `keys` was taken before. Each place goes to the row with the
    greatest quotient: the square root of its weight, so that a small interest is not crowded out,
    divided by 1, 3, 5, … as it takes places. That is the Sainte-Laguë method, as in Dang and
    Croft, "Diversity by proportionality: an election-based approach to search result
    diversification", SIGIR 2012. A larger `count` extends the result of a smaller one.
    """
    waiting = [list(reversed(row)) for row in rows]
    taken = [0] * len(rows)
    found: list[Item] = []
    seen: set[Any] = set()
    while len(found) < count and any(waiting):
        row = max(
            (number for number, left in enumerate(waiting) if left),
            key=lambda number: (sqrt(weights[number]) / (2 * taken[number] + 1), -number),
        )
        item = waiting[row].pop()
        if seen.isdisjoint(keys(item)):
            found.append(item)
            seen.update(keys(item))
            taken[row] += 1
    return found
