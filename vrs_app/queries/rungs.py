"""The rungs of the ladder: each finds products of one source, best first."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ..catalogue import catalogue
from ..conf import conf
from .diversity import diversified
from .nearest import nearest
from .neighbour import Neighbour
from .pictures import main_vector
from .question import Question
from .recommendation import Source
from .words import by_text


@dataclass(frozen=True, kw_only=True)
class Found:
    """A product's key, where it comes from, and how near it is where that is known."""

    key: Any
    source: Source
    neighbour: Neighbour | None = None

    @property
    def keys(self) -> list[Any]:
        """Its own and those of its near-duplicates."""
        twins = self.neighbour.duplicates if self.neighbour else ()
        return [self.key, *(twin.key for twin in twins)]


Rung = Callable[[Question, int, Collection[Any]], list[Found]]
"""So many at most, and none of these keys."""


def visual(question: Question, count: int, exclude: Collection[Any]) -> list[Found]:
    """The look-alikes; none for a product whose pictures are not embedded yet."""
    query = main_vector(question.product, question.shown.db)
    if query is None:
        return []
    near = nearest(
        query,
        question.shown,
        count=max(count, conf.CANDIDATES) if question.diversity else count,
        threshold=question.threshold,
        exclude=exclude,
    )
    # Always among the same candidates, so that a second page goes on where the first ended.
    candidates, others = near[: conf.CANDIDATES], near[conf.CANDIDATES :]
    varied = [*diversified(candidates, question.diversity), *others]
    return [Found(key=one.key, source=Source.VISUAL, neighbour=one) for one in varied[:count]]


def text(question: Question, count: int, exclude: Collection[Any]) -> list[Found]:
    """Products described with the same words."""
    keys = by_text(question.product, question.shown, limit=count, exclude=exclude)
    return [Found(key=key, source=Source.TEXT) for key in keys]


def category(question: Question, count: int, exclude: Collection[Any]) -> list[Found]:
    """Products of the same category, in the order that the Catalogue gives them."""
    products = catalogue().same_category(question.product, _each_once(question.shown))
    return _first_of(products, Source.CATEGORY, count, exclude)


def newest(question: Question, count: int, exclude: Collection[Any]) -> list[Found]:
    """What came into the shop last."""
    products = catalogue().newest(_each_once(question.shown))
    return _first_of(products, Source.NEWEST, count, exclude)


def _each_once(shown: QuerySet[Any]) -> QuerySet[Any]:
    """Without the joins of a shop's own filters, which may repeat a product."""
    products: QuerySet[Any] = shown.model._base_manager.using(shown.db)
    return products.filter(pk__in=shown.values("pk"))


def _first_of(
    products: QuerySet[Any] | None, source: Source, count: int, exclude: Collection[Any]
) -> list[Found]:
    if products is None:
        return []
    keys = products.exclude(pk__in=exclude).values_list("pk", flat=True)[:count]
    return [Found(key=key, source=source) for key in keys]


RUNGS: Mapping[Source, Rung] = {
    Source.VISUAL: visual,
    Source.TEXT: text,
    Source.CATEGORY: category,
    Source.NEWEST: newest,
}
