"""What a page shows where too few products look alike."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest

from ..catalogue import Picture, catalogue
from ..conf import conf
from ..models import IndexedImage
from .nearest import Neighbour
from .recommendation import Recommendation, Source
from .similar import neighbours_of, visual


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
    Three SELECTs at most: a page looks once, however many pictures its products have.
    """
    limit = conf.LIMIT if limit is None else limit
    minimum = min(limit, conf.MINIMUM if minimum is None else minimum)
    shown = catalogue().visible(request)
    near = neighbours_of(product, shown, limit=limit, threshold=threshold, may_widen=False)
    if len(near) >= minimum:
        found = visual(near, shown.in_bulk([neighbour.product_id for neighbour in near]))
    else:
        found = _filled_up(product, near, shown, limit)
    return found if len(found) >= minimum else []


def same_category(
    product: Model,
    *,
    limit: int | None = None,
    exclude: Iterable[Any] = (),
    request: HttpRequest | None = None,
) -> list[Recommendation]:
    """Visible products of the same category, in the order that the Catalogue gives them."""
    category = catalogue().same_category(product, catalogue().visible(request))
    if category is None:
        return []
    hidden = [product.pk, *(getattr(other, "pk", other) for other in exclude)]
    others = _pictured(category.exclude(pk__in=hidden))
    return [_of_category(other) for other in others[: conf.LIMIT if limit is None else limit]]


def _filled_up(
    product: Model, near: Sequence[Neighbour], shown: QuerySet[Any], limit: int
) -> list[Recommendation]:
    """The neighbours and then the category, read in one query."""
    keys = [neighbour.product_id for neighbour in near]
    category = catalogue().same_category(product, shown)
    if category is None:
        return visual(near, shown.in_bulk(keys))
    category = category.exclude(pk__in=[product.pk, *keys])
    if category.query.annotations:  # its order may rest on one, which no other query has
        others = [_of_category(each) for each in _pictured(category)[: limit - len(near)]]
        return visual(near, shown.in_bulk(keys)) + others
    wanted = Q(pk__in=keys) | Q(pk__in=category.values("pk")[: limit - len(near)])
    if category.query.order_by:
        shown = shown.order_by(*category.query.order_by)
    found = {each.pk: each for each in _pictured(shown.filter(wanted))}
    similar = visual(near, found)
    return similar + [_of_category(each) for key, each in found.items() if key not in keys]


def _pictured(products: QuerySet[Any]) -> QuerySet[Any]:
    """Each with the main picture that we noted, so that a page opens no file for its size."""
    pictures = IndexedImage.objects.filter(product=OuterRef("pk")).order_by("position", "pk")
    columns = JSONObject(name="name", width="width", height="height")
    pictured: QuerySet[Any] = products.annotate(
        vrs_picture=Subquery(pictures.values(json=columns)[:1])
    )
    return pictured


def _of_category(product: Any) -> Recommendation:
    picture = Picture(**product.vrs_picture) if product.vrs_picture else None
    return Recommendation(product=product, source=Source.CATEGORY, picture=picture)
