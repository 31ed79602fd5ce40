"""The nearest products, in the variety that was asked for."""

from collections.abc import Collection
from typing import Any

from ..conf import conf
from ..vectors import SpaceVector
from .diversity import diversified
from .nearest import nearest
from .neighbour import Neighbour
from .question import Question


def varied(
    point: SpaceVector, question: Question, count: int, exclude: Collection[Any]
) -> list[Neighbour]:
    """The `count` products of the question nearest to `point`, none of the keys `exclude`."""
    near = nearest(
        point,
        question.shown,
        count=max(count, conf.CANDIDATES) if question.diversity else count,
        threshold=question.threshold,
        exclude=exclude,
    )
    # Always among the same candidates, so that a second page goes on where the first ended.
    candidates, others = near[: conf.CANDIDATES], near[conf.CANDIDATES :]
    return [*diversified(candidates, question.diversity), *others][:count]
