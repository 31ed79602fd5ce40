"""The figures of an evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ...catalogue import Picture

PERCENTS = (5, 25, 50, 75, 95)


@dataclass(frozen=True, kw_only=True)
class CategoryFigure:
    """Mean precision@k of the `asked` queries of one category."""

    name: str
    asked: int
    precision: float


@dataclass(frozen=True, kw_only=True)
class Frequent:
    """A product that is in many answers, and in how many."""

    key: Any
    title: str
    answers: int


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How many products are among the k nearest of at least one other, by vectors alone.

    `share` of all products, 0 to 1; `never`: how many are not; `most`: the most frequent ones.
    Pages differ: they fill up from other sources, and have pins and grouped near-duplicates.
    """

    share: float
    never: int
    most: Sequence[Frequent]


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """The numbers of duplicate pairs, and of products in them, among recommendable products."""

    threshold: float
    pairs: int
    products: int


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The effect of a threshold on the neighbours; shares are 0 to 1.

    `kept`: share of neighbours at the threshold or above. `precision`: of those, None without
    categories. `filled`: share of products that keep `VRS["MINIMUM"]` look-alikes.
    """

    rule: str
    threshold: float
    kept: float
    precision: float | None
    filled: float
    suggested: bool


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A neighbour; `same`: of the query's category, None where the query has no category."""

    key: Any
    picture: Picture | None
    similarity: float | None
    same: bool | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The neighbours that a page would get, their precision@k, and how long the query took."""

    key: Any
    neighbours: Sequence[Neighbour]
    precision: float | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class PhotoSearch:
    """Mean precision@k of search by the products' own main pictures, the product excluded.

    `precision` is None without categories; `unreadable` is the number of pictures that no photo
    search accepts.
    """

    asked: int
    unreadable: int
    precision: float | None


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """All figures of an evaluation.

    `asked` is the number of queries; `chance` is the precision of random neighbours. What needs
    categories is None or empty in a shop without. `similarities`: the PERCENTS-th percentiles of
    each kind of pair. `recall` is at `VRS["EF_SEARCH"]`, None where PostgreSQL uses no index.
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
    """The answer to each query, for the contact sheet; not in `figures`."""
    photo_search: PhotoSearch | None = None

    @property
    def suggestion(self) -> Cut | None:
        """The suggested threshold; None in a catalogue too small to suggest one."""
        return next((cut for cut in self.cuts if cut.suggested), None)

    @property
    def figures(self) -> dict[str, Any]:
        """All fields but `answers`, by name."""
        return {
            each.name: getattr(self, each.name) for each in fields(self) if each.name != "answers"
        }
