"""The rungs of the ladder: each finds products of one source, best first."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from ..catalogue import catalogue
from .candidates import Found
from .fulltext import by_text
from .knn import varied
from .knn_sql import main_vector
from .options import Question
from .results import Source

Rung = Callable[[Question, int, Collection[Any]], list[Found]]
"""So many at most, and none of these keys."""


def visual(question: Question, count: int, exclude: Collection[Any]) -> list[Found]:
    """The look-alikes; none for a product whose pictures are not embedded yet."""
    product = question.product
    point = main_vector(product, question.shown.db) if product else None
    if point is None:
        return []
    near = varied(point, question, count, exclude)
    return [Found(key=one.key, source=Source.VISUAL, neighbour=one) for one in near]


def text(question: Question, count: int, exclude: Collection[Any]) -> list[Found]:
    """Products described with the same words."""
    if question.product is None:
        return []
    keys = by_text(question.product, question.shown, limit=count, exclude=exclude)
    return [Found(key=key, source=Source.TEXT) for key in keys]


def category(question: Question, count: int, exclude: Collection[Any]) -> list[Found]:
    """Products of the same category, in the order that the Catalogue gives them."""
    if question.product is None:
        return []
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
