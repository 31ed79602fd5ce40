"""The fallback chain: each function finds products from one source, best first."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from django.db.models import QuerySet

from ..catalogue import catalogue
from ..display import tolerate
from ..spaces.vectors import StoredVector
from .candidates import SPARE, Candidate
from .fulltext import described_alike
from .knn import diverse_neighbours
from .options import Query
from .results import Source

Finder = Callable[[Query, int, Collection[Any]], list[Candidate]]
"""Takes the query, how many (and at most SPARE more), and keys to exclude."""


def visual(
    point: StoredVector | None, query: Query, count: int, exclude: Collection[Any]
) -> list[Candidate]:
    """The nearest neighbours of `point`; none for a product that is not embedded yet."""
    if point is None:
        return []
    near = diverse_neighbours(point, query, count, exclude)
    return [Candidate(key=one.key, source=Source.VISUAL, neighbour=one) for one in near]


def text(query: Query, count: int, exclude: Collection[Any]) -> list[Candidate]:
    """Products that share words with the product."""
    if query.product is None:
        return []
    keys = described_alike(query.product, query.products, limit=count, exclude=exclude)
    return [Candidate(key=key, source=Source.TEXT) for key in keys]


def category(query: Query, count: int, exclude: Collection[Any]) -> list[Candidate]:
    """Products of the same category, in the Catalogue's order; none where that raises."""
    if query.product is None:
        return []
    shown = _distinct_products(query.products)
    read = partial(catalogue().same_category, query.product, shown)
    products = tolerate("same_category", read, None, product=query.product.pk)
    return _first_keys(products, Source.CATEGORY, count, exclude)


def newest(query: Query, count: int, exclude: Collection[Any]) -> list[Candidate]:
    """The newest products, in the Catalogue's order."""
    products = catalogue().newest(_distinct_products(query.products))
    return _first_keys(products, Source.NEWEST, count, exclude)


def _distinct_products(shown: QuerySet[Any]) -> QuerySet[Any]:
    """The same products without the joins of a shop's own filters, which may repeat rows."""
    products: QuerySet[Any] = shown.model._base_manager.using(shown.db)
    return products.filter(pk__in=shown.values("pk"))


def _first_keys(
    products: QuerySet[Any] | None, source: Source, count: int, exclude: Collection[Any]
) -> list[Candidate]:
    if products is None:
        return []
    keys = products.exclude(pk__in=exclude).values_list("pk", flat=True)[: count + SPARE]
    return [Candidate(key=key, source=source) for key in keys]


FINDERS: Mapping[Source, Finder] = {  # beside `visual`
    Source.TEXT: text,
    Source.CATEGORY: category,
    Source.NEWEST: newest,
}
