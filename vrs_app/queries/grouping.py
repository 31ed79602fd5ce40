"""Nearly the same product under several keys: one item instead of a row of twins."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..vectors import nearly_same_from
from .neighbour import Neighbour


def grouped(neighbours: Sequence[Neighbour], threshold: float) -> list[Neighbour]:
    """`neighbours` in their order, each that is nearly an earlier one moved into its duplicates.

    Only the first of a group is compared with, so that the groups of a longer answer begin
    like those of a shorter one.
    """
    lowest = nearly_same_from(threshold)
    if not neighbours or lowest > 1:
        return list(neighbours)
    firsts = np.empty((len(neighbours), len(neighbours[0].vector)), dtype=np.float32)
    groups: list[list[Neighbour]] = []
    for neighbour in neighbours:
        alike = np.flatnonzero(firsts[: len(groups)] @ neighbour.vector >= lowest)
        if alike.size:
            groups[alike[0]].append(neighbour)
        else:
            firsts[len(groups)] = neighbour.vector
            groups.append([neighbour])
    return [replace(first, duplicates=tuple(twins)) for first, *twins in groups]
