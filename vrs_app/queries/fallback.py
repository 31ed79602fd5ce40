"""The rungs of the ladder: each finds products of one source, best first."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from ..catalogue import catalogue
from .candidates import Candidate
from .fulltext import described_alike
from .knn import diverse_neighbours
from .knn_sql import stored_vector
from .options import Query
from .results import Source

Finder = Callable[[Query, int, Collection[Any]], list[Candidate]]
"""So many at most, and none of these keys."""


def visual(query: Query, count: int, exclude: Collection[Any]) -> list[Candidate]:
    """The look-alikes; none for a product whose pictures are not embedded yet."""
    product = query.product
    point = stored_vector(product, query.products.db) if product else None
    if point is None:
        return []
    near = diverse_neighbours(point, query, count, exclude)
    return [Candidate(key=one.key, source=Source.VISUAL, neighbour=one) for one in near]


def text(query: Query, count: int, exclude: Collection[Any]) -> list[Candidate]:
    """Products described with the same words."""
    if query.product is None:
        return []
    keys = described_alike(query.product, query.products, limit=count, exclude=exclude)
    return [Candidate(key=key, source=Source.TEXT) for key in keys]


def category(query: Query, count: int, exclude: Collection[Any]) -> list[Candidate]:
    """Products of the same category, in the order that the Catalogue gives them."""
    if query.product is None:
        return []
    products = catalogue().same_category(query.product, _each_once(query.products))
    return _first_of(products, Source.CATEGORY, count, exclude)


def newest(query: Query, count: int, exclude: Collection[Any]) -> list[Candidate]:
    """What came into the shop last."""
    products = catalogue().newest(_each_once(query.products))
    return _first_of(products, Source.NEWEST, count, exclude)


def _each_once(shown: QuerySet[Any]) -> QuerySet[Any]:
    """Without the joins of a shop's own filters, which may repeat a product."""
    products: QuerySet[Any] = shown.model._base_manager.using(shown.db)
    return products.filter(pk__in=shown.values("pk"))


def _first_of(
    products: QuerySet[Any] | None, source: Source, count: int, exclude: Collection[Any]
) -> list[Candidate]:
    if products is None:
        return []
    keys = products.exclude(pk__in=exclude).values_list("pk", flat=True)[:count]
    return [Candidate(key=key, source=source) for key in keys]


FINDERS: Mapping[Source, Finder] = {
    Source.VISUAL: visual,
    Source.TEXT: text,
    Source.CATEGORY: category,
    Source.NEWEST: newest,
}
