"""The near-duplicates of one product, by the vector index."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Model

from ...catalogue import catalogue
from ...queries.knn_sql import index_settings, pictures_by_distance, with_distance
from ...spaces.vectors import StoredVector, main_pictures, nearly_same_from, with_vectors
from .pairs import Link, Pair, pairs_of, valid_threshold

MOST_OWN_PICTURES = 10
"""Pictures of the product that are compared, the first ones."""

MOST_NEAR_PICTURES = 50
"""Nearest pictures of other products that are fetched for each of its own."""


def duplicates_of(product: Model, threshold: float | None = None) -> list[Pair]:
    """The near-duplicates of `product`, hidden ones included, the most similar first.

    `threshold` is a cosine similarity, by default `VRS["DUPLICATE_THRESHOLD"]`; above 1 there are
    none. At most 50 for each of the product's first ten pictures; one index query a picture and
    three besides. Raises ValueError for a `threshold` outside 0 to 1.
    """
    lowest = valid_threshold(threshold)
    if lowest > 1:
        return []
    own = _own_pictures(product)
    links = [link for picture in own for link in _links(product, picture, lowest)]
    mains = {each["image_id"] for each in own[:1]} | _main_images(link.other for link in links)
    best: dict[Any, Link] = {}
    for link in sorted(links, key=lambda link: -link.similarity):
        if link.image in mains or link.other_image in mains:
            best.setdefault(link.other, link)
    return pairs_of(list(best.values()))


def _own_pictures(product: Model) -> list[Any]:
    """The product's pictures that have a vector, the main one first."""
    found = with_vectors().filter(image__product=product.pk)
    columns = found.values("pk", "space_id", "image_id", dimensions=F("space__dimensions"))
    return list(columns[:MOST_OWN_PICTURES])


def _links(product: Model, own: Mapping[str, Any], threshold: float) -> list[Link]:
    """Links from the picture `own` to all pictures of other products at least as similar."""
    vector = StoredVector(
        space_id=own["space_id"], dimensions=own["dimensions"], embedding_id=own["pk"]
    )
    everything = catalogue().model._base_manager.all()
    near = pictures_by_distance(vector, everything, [product.pk]).values(
        "distance", "digest", "image_digest", "product_id", "image_id"
    )
    with index_settings(near.db):
        rows = with_distance(near[:MOST_NEAR_PICTURES])
    lowest = nearly_same_from(threshold)
    return [
        Link(1 - row["distance"], product.pk, row["product_id"], own["image_id"], row["image_id"])
        for row in rows
        if row["digest"] == row["image_digest"] and 1 - row["distance"] >= lowest
    ]


def _main_images(products: Iterable[Any]) -> set[int]:
    """The keys of the image rows that are the main pictures of these products."""
    found = main_pictures().filter(image__product__in=set(products))
    return set(found.values_list("image_id", flat=True))
