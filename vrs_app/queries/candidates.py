"""Products that a search found, before the shop's own rows are read."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..catalogue import Picture
from .results import MatchLevel, Source

SPARE = 6
"""Candidates that a search may return beyond those asked for, where they cost no statement.

They take the places of products that turn out not to be showable.
"""


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A product by its nearest picture.

    `similarity` is the cosine, -1 to 1; `vector` the picture's unit vector, (dimensions,).
    """

    key: Any
    similarity: float
    picture: Picture
    vector: NDArray[np.float32] = field(repr=False, compare=False)
    duplicates: tuple["Neighbour", ...] = ()

    @property
    def members(self) -> list[Self]:
        """The product and its near-duplicates, each without duplicates of its own."""
        return [replace(self, duplicates=()), *self.duplicates]  # type: ignore[list-item]

    def led_by(self, key: Any) -> Self:
        """The same group, led by the member of that key."""
        first, *others = sorted(self.members, key=lambda one: one.key != key)
        return replace(first, duplicates=tuple(others))

    @property
    def keys(self) -> list[Any]:
        """The keys of the product and of its near-duplicates."""
        return [self.key, *(twin.key for twin in self.duplicates)]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A product's key and the source that found it.

    `neighbour` is set where it was found by its looks. `because` is the key of the example that
    it is most like; `match_level` says how many of the searched words it has.
    """

    key: Any
    source: Source
    neighbour: Neighbour | None = None
    because: Any | None = None
    match_level: MatchLevel = MatchLevel.NONE

    @property
    def keys(self) -> list[Any]:
        """The keys of the product and of its near-duplicates."""
        return self.neighbour.keys if self.neighbour else [self.key]
