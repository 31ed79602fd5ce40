"""The products that are like another one."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest

from ..catalogue import Picture, catalogue
from ..conf import conf
from ..models import IndexedImage
from .nearest import main_vector, nearest
from .recommendation import Recommendation, Source


def similar_products(
    product: Model,
    *,
    limit: int | None = None,
    minimum: int | None = None,
    threshold: float | None = None,
    request: HttpRequest | None = None,
) -> list[Recommendation]:
    """What a product page shows: look-alikes, then the same category, or nothing at all.

    Fewer look-alikes than `minimum` are filled up to `limit` from the product's category;
    fewer than `minimum` even so, and the list is empty, so that no page shows a sad row.
    """
    limit = conf.LIMIT if limit is None else limit
    minimum = min(limit, conf.MINIMUM if minimum is None else minimum)
    found = similar_to(product, limit=limit, threshold=threshold, request=request)
    if len(found) < minimum:
        found += same_category(
            product,
            limit=limit - len(found),
            exclude=[item.product for item in found],
            request=request,
        )
    return found if len(found) >= minimum else []


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
    query = main_vector(product)
    if query is None:
        return []
    shown = _both(catalogue().visible(request), queryset)
    neighbours = nearest(
        query,
        shown,
        limit=conf.LIMIT if limit is None else limit,
        threshold=conf.THRESHOLD if threshold is None else threshold,
        exclude=[product.pk, *(getattr(other, "pk", other) for other in exclude)],
    )
    products = shown.in_bulk([neighbour.product_id for neighbour in neighbours])
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


def same_category(
    product: Model,
    *,
    limit: int | None = None,
    exclude: Iterable[Any] = (),
    request: HttpRequest | None = None,
) -> list[Recommendation]:
    """Visible products of the same category, in the order that the Catalogue gives them."""
    shown = catalogue().same_category(product, catalogue().visible(request))
    if shown is None:
        return []
    hidden = [product.pk, *(getattr(other, "pk", other) for other in exclude)]
    pictures = IndexedImage.objects.filter(product=OuterRef("pk")).order_by("position", "pk")
    columns = JSONObject(name="name", width="width", height="height")
    products = shown.exclude(pk__in=hidden).annotate(
        vrs_picture=Subquery(pictures.values(json=columns)[:1])
    )
    return [
        Recommendation(
            product=other,
            source=Source.CATEGORY,
            picture=Picture(**other.vrs_picture) if other.vrs_picture else None,
        )
        for other in products[: conf.LIMIT if limit is None else limit]
    ]


def _both(visible: QuerySet[Any], chosen: QuerySet[Any] | None) -> QuerySet[Any]:
    """The products in both, fetched as `chosen` says unless it is sliced."""
    if chosen is None:
        return visible
    if chosen.query.is_sliced:
        return visible.filter(pk__in=chosen.values("pk"))
    return chosen.filter(pk__in=visible.values("pk"))
