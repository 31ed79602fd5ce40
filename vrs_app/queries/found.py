"""A product that was found, before the shop's own row is read."""

from dataclasses import dataclass
from typing import Any

from .neighbour import Neighbour
from .recommendation import Source


@dataclass(frozen=True, kw_only=True)
class Found:
    """A product's key, where it comes from, and how near it is where that is known.

    `because` is the key of the product in whose likeness it was found.
    """

    key: Any
    source: Source
    neighbour: Neighbour | None = None
    because: Any | None = None

    @property
    def keys(self) -> list[Any]:
        """Its own and those of its near-duplicates."""
        return self.neighbour.keys if self.neighbour else [self.key]
