"""The products that look like another one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from ..catalogue import catalogue
from ..conf import conf
from .nearest import Neighbour, main_vector, nearest
from .recommendation import Recommendation, Source


def similar_to(
    product: Model,
    *,
    queryset: QuerySet[Any] | None = None,
    limit: int | None = None,
    threshold: float | None = None,
    exclude: Iterable[Any] = (),
    request: HttpRequest | None = None,
) -> list[Recommendation]:
    """The visible products that look most like `product`, nearest first, each once.

    `queryset`, of the shop's products, narrows them further, inside the search. `threshold`
    is the lowest cosine similarity, -1 to 1. `exclude` takes products or primary keys. A
    product whose pictures are not embedded yet has no look-alikes: the list is empty.
    """
    shown = _both(catalogue().visible(request), queryset)
    found = neighbours_of(product, shown, limit=limit, threshold=threshold, exclude=exclude)
    return visual(found, shown.in_bulk([neighbour.product_id for neighbour in found]))


def neighbours_of(
    product: Model,
    shown: QuerySet[Any],
    *,
    limit: int | None,
    threshold: float | None,
    exclude: Iterable[Any] = (),
    may_widen: bool = True,
) -> list[Neighbour]:
    """The look-alikes of `product` among `shown`, before the products themselves are read."""
    query = main_vector(product)
    if query is None:
        return []
    return nearest(
        query,
        shown,
        limit=conf.LIMIT if limit is None else limit,
        threshold=conf.THRESHOLD if threshold is None else threshold,
        exclude=[product.pk, *(getattr(other, "pk", other) for other in exclude)],
        may_widen=may_widen,
    )


def visual(neighbours: Sequence[Neighbour], products: Mapping[Any, Any]) -> list[Recommendation]:
    """Neighbours with their products; one that was hidden a moment ago stays away."""
    return [
        Recommendation(
            product=products[neighbour.product_id],
            source=Source.VISUAL,
            picture=neighbour.picture,
            similarity=neighbour.similarity,
        )
        for neighbour in neighbours
        if neighbour.product_id in products
    ]


def _both(visible: QuerySet[Any], chosen: QuerySet[Any] | None) -> QuerySet[Any]:
    """The products in both, fetched as `chosen` says where it lets itself be filtered.

    Raises TypeError for a QuerySet of anything but the shop's products.
    """
    if chosen is None:
        return visible
    if not isinstance(chosen, QuerySet) or not issubclass(chosen.model, visible.model):
        raise TypeError(f"queryset takes a QuerySet of {visible.model.__name__}, not {chosen!r}.")
    query = chosen.query
    if query.is_sliced or query.combinator or query.distinct_fields or query.values_select:
        return visible.filter(pk__in=chosen.values("pk"))
    return chosen.filter(pk__in=visible.values("pk"))
