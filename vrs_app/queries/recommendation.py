"""What every question about products is answered with."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..catalogue import Picture, catalogue
from .campaign import labelled


class Source(StrEnum):
    """Where a recommendation comes from."""

    PINNED = "pinned"
    VISUAL = "visual"
    TEXT = "text"
    CATEGORY = "category"
    NEWEST = "newest"
    POPULAR = "popular"
    VIEWED = "viewed"


class MatchLevel(StrEnum):
    """How many of the words of a search a product has: all of them, some, or none that counted."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


LADDER = (Source.VISUAL, Source.TEXT, Source.CATEGORY, Source.NEWEST)
"""Those that the products beside another may come from by themselves."""


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """A product of the shop's own, why it is recommended, and what a page shows of it.

    `position` counts from 1 through the whole answer. `duplicates` are nearly the same
    product under other keys, shown with this one instead of beside it. `because` is the
    product in whose likeness it was found, where it was not the one that was asked about.
    `match_level` says of a search by words how many of them the product has.
    """

    product: Any
    source: Source
    picture: Picture | None
    position: int
    similarity: float | None = None
    duplicates: tuple["Recommendation", ...] = ()
    because: Any | None = None
    match_level: MatchLevel = MatchLevel.NONE

    @property
    def title(self) -> str:
        return catalogue().title(self.product)

    @property
    def url(self) -> str | None:
        """The product's address, with the shop's campaign parameters."""
        url = catalogue().url(self.product)
        return labelled(url, source=self.source, position=self.position) if url else None

    @property
    def price_label(self) -> str | None:
        return catalogue().price_label(self.product)

    @property
    def image_url(self) -> str | None:
        return catalogue().image_url(self.picture) if self.picture else None

    @property
    def thumbnail_url(self) -> str | None:
        return catalogue().thumbnail_url(self.picture) if self.picture else None

    @property
    def width(self) -> int | None:
        return self.picture.width if self.picture else None

    @property
    def height(self) -> int | None:
        return self.picture.height if self.picture else None
