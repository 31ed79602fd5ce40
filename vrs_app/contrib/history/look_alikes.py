"""Look-alikes of each interest of a shopper, without near-duplicates of what they refused."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vrs_app.catalogue import catalogue
from vrs_app.conf import conf
from vrs_app.embedders import Vector
from vrs_app.queries import (
    SPARE,
    Candidate,
    ImageQuery,
    Query,
    Recommendation,
    as_candidates,
    because_products,
    diverse_neighbours,
    first_shown,
    rocchio,
    without_hidden,
)
from vrs_app.spaces import SpaceVector, similarities

from .interests import Interest, interests
from .interleaving import interleaved
from .negative_feedback import Refused
from .profile import Profile

MOST_NEGATIVE = 5
"""Negative examples of an interest's query: the newest dismissed products nearest to it."""


def look_alikes(
    profile: Profile,
    vectors: Mapping[Any, Vector],
    refused: Refused,
    query: Query,
    count: int,
    request: Any,
) -> list[Recommendation]:
    """`count` look-alikes of the interests in `profile`, interleaved by their weights.

    `vectors` are those of the products in the profile, by key. Over-fetch: each interest is
    queried for `count` and for as many more as there are refused products nearest to it, whose
    near-duplicates it may find. The shop's rows are fetched once, for the final items only.
    """
    found = interests(vectors, profile.weights, conf.INTERESTS)
    images = [_image(interest, found, profile, vectors, refused.space_id) for interest in found]
    spare = [sum(_nearest(one, found) is each for one in refused.vectors) for each in found]
    rows = [
        _near(image, each_query, count + more)
        for image, each_query, more in zip(images, _queries_of(found, query), spare, strict=True)
    ]
    duplicates = refused.duplicates_among({one.key for row in rows for one in row})
    wanted = [[one for one in row if one.key not in duplicates] for row in rows]
    weights = [each.weight for each in found]
    best = interleaved(wanted, weights, count + SPARE, lambda one: one.keys)
    named = because_products(best, query.products.db, request)
    return first_shown(best, query.products, count, reasons=named) if best else []


def _queries_of(found: Sequence[Interest], query: Query) -> list[Query]:
    """The query of each interest; of a single product's, without what is hidden beside it."""
    alone = [each.members[0] for each in found if len(each.members) == 1]
    every: Any = catalogue().model._base_manager
    products = every.using(query.products.db).in_bulk(alone) if alone else {}
    beside = [products.get(each.members[0]) for each in found]
    return [
        replace(query, products=without_hidden(product, query.products)) if product else query
        for product in beside
    ]


def _image(
    interest: Interest,
    found: Sequence[Interest],
    profile: Profile,
    vectors: Mapping[Any, Vector],
    space_id: int | None,
) -> ImageQuery | None:
    """The query vector of the interest, by Rocchio; None where it has no direction."""
    members = {key: vectors[key] for key in interest.members}
    dismissed = [vectors[key] for key in profile.dismissed if key in vectors]
    unwanted = [each for each in dismissed if _nearest(each, found) is interest]
    vector = rocchio(members.values(), unwanted[:MOST_NEGATIVE])
    if vector is None or space_id is None:
        return None
    return ImageQuery(vector=SpaceVector.of(vector, space_id), examples=members)


def _near(image: ImageQuery | None, query: Query, count: int) -> list[Candidate]:
    return (
        as_candidates(diverse_neighbours(image.vector, query, count, query.exclude), image)
        if image
        else []
    )


def keys_of_item(item: Recommendation) -> list[Any]:
    """The keys of the product and its near-duplicates."""
    return [item.product.pk, *(each.product.pk for each in item.duplicates)]


def _nearest(vector: Vector, found: Sequence[Interest]) -> Interest:
    """The interest whose medoid is most similar to `vector`."""
    medoids = np.stack([interest.medoid for interest in found])
    return found[int(np.argmax(similarities(medoids, vector)))]
