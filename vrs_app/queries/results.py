"""What every query answers with: recommendations, in a lazy sequence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, overload
from urllib.parse import urlencode, urlsplit

from ..catalogue import Picture
from ..conf import conf
from ..display import Display


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
    """How many of the searched words a product has: all, some, or none."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


def with_campaign(url: str, *, source: str, position: int) -> str:
    """`url` with the parameters of `VRS["CAMPAIGN"]` appended to its own."""
    if not conf.CAMPAIGN:
        return url
    values = {
        name: value.format(source=source, position=position)
        for name, value in conf.CAMPAIGN.items()
    }
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(values))))
    return parts._replace(query=query).geturl()


FALLBACK_SOURCES = (Source.VISUAL, Source.TEXT, Source.CATEGORY, Source.NEWEST)
"""The sources of a carousel, in the order in which each falls back on the next."""


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """A product of the shop's own, why it is recommended, and what a page shows of it.

    `position` counts from 1 through the whole answer. `similarity` is the cosine, -1 to 1,
    None where no picture was compared. `duplicates` are near-duplicates under other keys, shown
    with this one instead of beside it. `because` is the example that it is most like, where
    there were several. `match_level` says how many of the searched words it has. `display` holds
    what the Catalogue says of the product, read once.
    """

    product: Any
    source: Source
    picture: Picture | None
    position: int
    similarity: float | None = None
    duplicates: tuple["Recommendation", ...] = ()
    because: Any | None = None
    match_level: MatchLevel = MatchLevel.NONE
    display: Display = field(default=None, repr=False, compare=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        """Fill in `display`, or that of another product or picture that `replace` has copied."""
        known = self.display
        if known is None or known.product is not self.product or known.picture != self.picture:
            object.__setattr__(self, "display", Display(self.product, self.picture))

    @property
    def title(self) -> str:
        return self.display.title

    @property
    def url(self) -> str | None:
        """The product's URL with the shop's campaign parameters; None where it has none."""
        url = self.display.url
        return with_campaign(url, source=self.source, position=self.position) if url else None

    @property
    def price(self) -> Decimal | None:
        return self.display.price

    @property
    def price_label(self) -> str | None:
        return self.display.price_label

    @property
    def image_url(self) -> str | None:
        """None where there is no picture, or where its URL cannot be had."""
        return self.display.image_url

    @property
    def thumbnail_url(self) -> str | None:
        """None where there is no picture, or where its URL cannot be had."""
        return self.display.thumbnail_url

    @property
    def width(self) -> int | None:
        return self.picture.width if self.picture else None

    @property
    def height(self) -> int | None:
        return self.picture.height if self.picture else None


Fetch = Callable[[int, int], list[Recommendation]]
"""Takes offset and limit; returns at most `limit` recommendations."""


class Recommendations(Sequence[Recommendation]):
    """A lazy sequence of recommendations; like a QuerySet, evaluated once, at first use.

    A slice taken before that moves offset and limit of the query, so that a Paginator or a
    template may slice. Keep it for one request only: what may be shown is decided when it is
    evaluated.
    """

    def __init__(self, fetch: Fetch, *, offset: int, limit: int) -> None:
        self._fetch = fetch
        self._offset = offset
        self._limit = limit
        self._found: list[Recommendation] | None = None

    def _evaluated(self) -> list[Recommendation]:
        if self._found is None:
            self._found = self._fetch(self._offset, self._limit) if self._limit else []
        return self._found

    @overload
    def __getitem__(self, index: int) -> Recommendation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Recommendation]: ...
    def __getitem__(self, index: int | slice) -> Recommendation | Sequence[Recommendation]:
        if self._found is None and isinstance(index, slice) and _is_plain(index):
            start = index.start or 0
            end = self._limit if index.stop is None else min(index.stop, self._limit)
            return Recommendations(
                self._fetch, offset=self._offset + start, limit=max(0, end - start)
            )
        return self._evaluated()[index]

    def __len__(self) -> int:
        return len(self._evaluated())

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self._evaluated())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list | Recommendations):
            return NotImplemented
        return self._evaluated() == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Recommendations {self._evaluated()!r}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the evaluated list: the function that fetches cannot be pickled."""
        return list, (self._evaluated(),)


def _is_plain(index: slice) -> bool:
    """Whether the slice counts from the front and has no step."""
    return index.step in (None, 1) and (index.start or 0) >= 0 and (index.stop or 0) >= 0
