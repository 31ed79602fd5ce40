"""What an evaluation finds out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ...catalogue import Picture

PERCENTS = (5, 25, 50, 75, 95)


@dataclass(frozen=True, kw_only=True)
class CategoryFigure:
    """precision@k of the queries of one category."""

    name: str
    asked: int
    precision: float


@dataclass(frozen=True, kw_only=True)
class Frequent:
    """A product that is often among the answers."""

    key: Any
    title: str
    answers: int


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Which products are among the k nearest of any other at all, by their looks alone.

    Not what pages show: no filling up from other sources, no pins, no grouped near-duplicates.
    """

    share: float
    never: int
    most: Sequence[Frequent]


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """Pairs of visible products as `vrs_app.reports.duplicates` finds them."""

    threshold: float
    pairs: int
    products: int


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What a threshold would do: shares of neighbours, of those left, and of products.

    `precision` is that of the neighbours left, None without categories. `filled` is the share
    of products that keep `VRS["MINIMUM"]` look-alikes.
    """

    rule: str
    threshold: float
    kept: float
    precision: float | None
    filled: float
    suggested: bool


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """`same` says whether it is of the query's category, None where that has no category."""

    key: Any
    picture: Picture | None
    similarity: float | None
    same: bool | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The neighbours that a page would get, `precision` among them, and the time it took."""

    key: Any
    neighbours: Sequence[Neighbour]
    precision: float | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class PhotoSearch:
    """What the products' own main pictures find as photos of shoppers, themselves left out.

    `precision` is None without categories; `unreadable` counts pictures that are no photos.
    """

    asked: int
    unreadable: int
    precision: float | None


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Times in milliseconds; `chance` is the precision of a random answer.

    What rests on categories is None or empty in a shop without. `similarities` has the
    PERCENTS of each kind of pair. `recall` is that at the setting's own `ef_search`, None where
    there is no index that answers.
    """

    space: str
    products: int
    pictures: int
    asked: int
    categories: int
    k: int
    precision: float | None
    chance: float | None
    by_category: Sequence[CategoryFigure]
    ef_search: int
    recall: float | None
    recall_by_ef_search: Mapping[int, float]
    coverage: Coverage
    duplicates: Duplicates
    similarities: Mapping[str, Mapping[int, float]]
    minimum: int
    cuts: Sequence[Cut]
    milliseconds_median: float
    milliseconds_95: float
    answers: Sequence[Answer]
    """Every query's answer, for a contact sheet; no part of `figures`."""
    photo_search: PhotoSearch | None = None

    @property
    def suggestion(self) -> Cut | None:
        return next((cut for cut in self.cuts if cut.suggested), None)

    @property
    def figures(self) -> dict[str, Any]:
        """Everything but the answers."""
        return {
            each.name: getattr(self, each.name) for each in fields(self) if each.name != "answers"
        }
