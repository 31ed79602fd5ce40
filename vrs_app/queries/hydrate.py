"""From candidates to recommendations: the shop's own rows, in one SELECT."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from ..catalogue import Picture
from ..models import ImageEmbedding, IndexedImage
from .candidates import Candidate
from .results import Recommendation

MAX_DUPLICATES = 5
"""Near-duplicates listed under one item: hundreds of products may share a picture."""

NO_PRODUCTS: Mapping[Any, Any] = {}


def to_recommendations(
    found: Sequence[Candidate],
    shown: QuerySet[Any],
    *,
    first_position: int,
    reasons: Mapping[Any, Any] = NO_PRODUCTS,
) -> list[Recommendation]:
    """Load the products of `found` in one SELECT; those hidden meanwhile are left out.

    `reasons` are the products that `because` may name, by key. Positions count from
    `first_position`.
    """
    near = [one.neighbour for one in found if one.neighbour]
    twins = [twin.key for neighbour in near for twin in neighbour.duplicates[:MAX_DUPLICATES]]
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


def _recommendation(one: Candidate, products: Mapping[Any, Any], position: int) -> Recommendation:
    product = products[one.key]
    if one.neighbour is None:
        main = product.vrs_picture
        picture = Picture(**main) if main else None
        return Recommendation(
            product=product, source=one.source, picture=picture, position=position
        )
    twins = [
        Candidate(key=twin.key, source=one.source, neighbour=twin)
        for twin in one.neighbour.duplicates[:MAX_DUPLICATES]
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
    """Annotate each product with its main picture's name and size: no page opens a file for it.

    Pictures that failed are passed over, since a browser would show them broken, and those that
    a save withheld.
    """
    shown = IndexedImage.objects.shown().filter(product=OuterRef("pk"))
    pictures = shown.exclude(embeddings__state=ImageEmbedding.State.FAILED)
    pictures = pictures.order_by("position", "pk")
    columns = JSONObject(name="name", width="width", height="height")
    pictured: QuerySet[Any] = products.annotate(
        vrs_picture=Subquery(pictures.values(json=columns)[:1])
    )
    return pictured
