"""Products that a search found, before the shop's own rows are read."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..catalogue import Picture
from .results import MatchLevel, Source


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A product by its nearest picture, with that picture's unit vector."""

    key: Any
    similarity: float
    picture: Picture
    vector: NDArray[np.float32] = field(repr=False, compare=False)
    duplicates: tuple["Neighbour", ...] = ()

    @property
    def members(self) -> list[Self]:
        """Itself and its near-duplicates, each alone."""
        return [replace(self, duplicates=()), *self.duplicates]  # type: ignore[list-item]

    def led_by(self, key: Any) -> Self:
        """The same group under the member of that key."""
        first, *others = sorted(self.members, key=lambda one: one.key != key)
        return replace(first, duplicates=tuple(others))

    @property
    def keys(self) -> list[Any]:
        """Its own and those of its near-duplicates."""
        return [self.key, *(twin.key for twin in self.duplicates)]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A product's key, where it comes from, and how near it is where that is known.

    `because` is the key of the product in whose likeness it was found, `match_level` how many
    words of a search it has.
    """

    key: Any
    source: Source
    neighbour: Neighbour | None = None
    because: Any | None = None
    match_level: MatchLevel = MatchLevel.NONE

    @property
    def keys(self) -> list[Any]:
        """Its own and those of its near-duplicates."""
        return self.neighbour.keys if self.neighbour else [self.key]
