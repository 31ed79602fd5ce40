"""A product that was found, before the shop's own row is read."""

from dataclasses import dataclass
from typing import Any

from .neighbour import Neighbour
from .recommendation import MatchLevel, Source


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
