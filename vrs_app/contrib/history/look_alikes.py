"""What looks like each interest of a shopper, and is not what they refused."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vrs_app.catalogue import catalogue
from vrs_app.conf import conf
from vrs_app.queries import (
    Candidate,
    ImageQuery,
    Query,
    Recommendation,
    as_candidates,
    because_products,
    diverse_neighbours,
    rocchio,
    to_recommendations,
    without_hidden,
)
from vrs_app.spaces import SpaceVector, similarities

from .clustering import Vectors
from .interests import Interest, interests
from .interleaving import interleaved
from .negative_feedback import Refused
from .profile import Taste

MOST_NEGATIVE = 5
"""Of what they dismissed within an interest, the newest so many push away from it."""


def look_alikes(
    theirs: Taste,
    looks: Mapping[Any, Vectors],
    refused: Refused,
    query: Query,
    count: int,
    request: Any,
) -> list[Recommendation]:
    """`count` look-alikes, of each interest in turn; none of what the query excludes.

    Each interest is asked for `count`, and for as many more as it may have twins of what was
    refused. The shop's rows are read once, of those alone that have a place in the end.
    """
    found = interests(looks, theirs.weights, conf.INTERESTS)
    images = [_image(interest, found, theirs, looks, refused.space_id) for interest in found]
    rows = [
        # Twins of what was refused are found by the interest that it is nearest to.
        _near(image, asked, count + sum(_nearest(look, found) is each for look in refused.looks))
        for each, image, asked in zip(found, images, _questions(found, query), strict=True)
    ]
    twins = refused.twins_among({one.key for row in rows for one in row})
    wanted = [[one for one in row if one.key not in twins] for row in rows]
    best = interleaved(wanted, [each.weight for each in found], count, lambda one: one.keys)
    named = because_products(best, query.products.db, request)
    return (
        to_recommendations(best, query.products, first_position=1, reasons=named) if best else []
    )


def _questions(found: Sequence[Interest], query: Query) -> list[Query]:
    """For each interest; where that is one product, without what the shop hides beside it."""
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
    theirs: Taste,
    looks: Mapping[Any, Vectors],
    space_id: int | None,
) -> ImageQuery | None:
    """Where the interest's look-alikes are; None while that has no direction."""
    members = {key: looks[key] for key in interest.members}
    dismissed = [looks[key] for key in theirs.dismissed if key in looks]
    unwanted = [look for look in dismissed if _nearest(look, found) is interest]
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
    """Its own and those of its near-duplicates."""
    return [item.product.pk, *(twin.product.pk for twin in item.duplicates)]


def _nearest(vector: Vectors, found: Sequence[Interest]) -> Interest:
    medoids = np.stack([interest.medoid for interest in found])
    return found[int(np.argmax(similarities(medoids, vector)))]
