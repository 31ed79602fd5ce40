"""From keys to the shop's own products, with what a page shows of each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from ..catalogue import Picture
from ..models import ImageEmbedding, IndexedImage
from .candidates import Found
from .results import Recommendation

MOST_DUPLICATES = 5
"""Of one item; a picture that hundreds of products share makes no list of hundreds."""

NONE: Mapping[Any, Any] = {}


def presented(
    found: Sequence[Found],
    shown: QuerySet[Any],
    *,
    first_position: int,
    reasons: Mapping[Any, Any] = NONE,
) -> list[Recommendation]:
    """One SELECT for all products; one that was hidden a moment ago stays away.

    `reasons` are the products that `because` may name, by their keys.
    """
    near = [one.neighbour for one in found if one.neighbour]
    twins = [twin.key for neighbour in near for twin in neighbour.duplicates[:MOST_DUPLICATES]]
    keys = [one.key for one in found] + twins
    needs_pictures = len(near) < len(found)
    products = (_pictured(shown) if needs_pictures else shown).in_bulk(keys)
    still_shown = [one for one in found if one.key in products]
    return [
        replace(
            _recommendation(one, products, position),
            because=None if one.because is None else reasons.get(one.because),
            match_level=one.match_level,
        )
        for position, one in enumerate(still_shown, first_position)
    ]


def _recommendation(one: Found, products: Mapping[Any, Any], position: int) -> Recommendation:
    product = products[one.key]
    if one.neighbour is None:
        noted = product.vrs_picture
        picture = Picture(**noted) if noted else None
        return Recommendation(
            product=product, source=one.source, picture=picture, position=position
        )
    twins = [
        Found(key=twin.key, source=one.source, neighbour=twin)
        for twin in one.neighbour.duplicates[:MOST_DUPLICATES]
    ]
    return Recommendation(
        product=product,
        source=one.source,
        picture=one.neighbour.picture,
        position=position,
        similarity=one.neighbour.similarity,
        duplicates=tuple(
            _recommendation(twin, products, position) for twin in twins if twin.key in products
        ),
    )


def _pictured(products: QuerySet[Any]) -> QuerySet[Any]:
    """Each with the main picture that we noted, so that a page opens no file for its size.

    But for what failed, which a browser would show as a broken picture.
    """
    every = IndexedImage.objects.filter(product=OuterRef("pk")).order_by("position", "pk")
    pictures = every.exclude(embeddings__state=ImageEmbedding.State.FAILED)
    columns = JSONObject(name="name", width="width", height="height")
    pictured: QuerySet[Any] = products.annotate(
        vrs_picture=Subquery(pictures.values(json=columns)[:1])
    )
    return pictured
