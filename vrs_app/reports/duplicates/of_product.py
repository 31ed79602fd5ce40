"""The near-duplicates of one product, quickly, by the index."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Model, TextField
from django.db.models.functions import Cast

from ...catalogue import catalogue
from ...queries.knn_sql import index_settings, pictures_by_distance
from ...spaces.vectors import SpaceVector, main_pictures, nearly_same_from, with_vectors
from .pairs import Link, Pair, checked, presented

OWN_PICTURES = 10
"""Pictures of the product that are looked at, the first ones."""

NEAR_PICTURES = 50
"""Pictures of other products, for each of its own."""


def duplicates_of(product: Model, threshold: float | None = None) -> list[Pair]:
    """The products that are nearly the same as `product`, the most similar first.

    Hidden ones too. At most 50 for each of its pictures: one index query each, and three for
    all. Raises ValueError for a `threshold` outside 0 to 1.
    """
    lowest = checked(threshold)
    if lowest > 1:
        return []
    own = _own(product)
    links = [link for picture in own for link in _links(product, picture, lowest)]
    mains = {picture["image_id"] for picture in own[:1]} | _mains(link.other for link in links)
    best: dict[Any, Link] = {}
    for link in sorted(links, key=lambda link: -link.similarity):
        if link.image in mains or link.other_image in mains:
            best.setdefault(link.other, link)
    return presented(list(best.values()))


def _own(product: Model) -> list[Any]:
    """The product's pictures that have a vector, the main one first."""
    found = with_vectors().filter(image__product=product.pk)
    # As text: the numbers only travel from PostgreSQL to PostgreSQL.
    text = Cast("vector", TextField())
    columns = found.values("space_id", "image_id", dimensions=F("space__dimensions"), text=text)
    return list(columns[:OWN_PICTURES])


def _links(product: Model, own: Mapping[str, Any], threshold: float) -> list[Link]:
    """The pictures of all other products that are as near to one of its own."""
    query = SpaceVector(space_id=own["space_id"], dimensions=own["dimensions"], vector=own["text"])
    everything = catalogue().model._base_manager.all()
    near = pictures_by_distance(query, everything, [product.pk]).values(
        "distance", "digest", "image_digest", "product_id", "image_id"
    )
    with index_settings(near.db):
        rows = list(near[:NEAR_PICTURES])
    lowest = nearly_same_from(threshold)
    return [
        Link(1 - row["distance"], product.pk, row["product_id"], own["image_id"], row["image_id"])
        for row in rows
        if row["digest"] == row["image_digest"] and 1 - row["distance"] >= lowest
    ]


def _mains(products: Iterable[Any]) -> set[int]:
    """The image rows that are the main pictures of these products."""
    found = main_pictures().filter(image__product__in=set(products))
    return set(found.values_list("image_id", flat=True))
