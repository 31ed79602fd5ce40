"""Look-alikes of each interest of a shopper, without near-duplicates of what they refused."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from vrs_app.catalogue import catalogue
from vrs_app.conf import conf
from vrs_app.queries import Recommendation, curation
from vrs_app.queries.candidates import Found
from vrs_app.queries.embeddings import between, point_at
from vrs_app.queries.hybrid import Image, alike
from vrs_app.queries.hydrate import presented
from vrs_app.queries.knn import varied
from vrs_app.queries.options import Question
from vrs_app.queries.search import reasons

from .clustering import UnitVector
from .interests import Interest, interests
from .interleaving import interleaved
from .negative_feedback import Refused
from .profile import Profile

MOST_NEGATIVE = 5
"""Negative examples of an interest's query: the newest dismissed products nearest to it."""


def look_alikes(
    profile: Profile,
    vectors: Mapping[Any, UnitVector],
    refused: Refused,
    question: Question,
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
        _near(image, asked, count + more)
        for image, asked, more in zip(images, _questions(found, question), spare, strict=True)
    ]
    duplicates = refused.duplicates_among({one.key for row in rows for one in row})
    wanted = [[one for one in row if one.key not in duplicates] for row in rows]
    best = interleaved(wanted, [each.weight for each in found], count, lambda one: one.keys)
    named = reasons(best, question.shown.db, request)
    return presented(best, question.shown, first_position=1, reasons=named) if best else []


def _questions(found: Sequence[Interest], question: Question) -> list[Question]:
    """The query of each interest; of a single product's, without what is hidden beside it."""
    alone = [each.members[0] for each in found if len(each.members) == 1]
    every: Any = catalogue().model._base_manager
    products = every.using(question.shown.db).in_bulk(alone) if alone else {}
    beside = [products.get(each.members[0]) for each in found]
    return [
        replace(question, shown=curation.shown(product, question.shown)) if product else question
        for product in beside
    ]


def _image(
    interest: Interest,
    found: Sequence[Interest],
    profile: Profile,
    vectors: Mapping[Any, UnitVector],
    space_id: int | None,
) -> Image | None:
    """The query vector of the interest, by Rocchio; None where it has no direction."""
    members = {key: vectors[key] for key in interest.members}
    dismissed = [vectors[key] for key in profile.dismissed if key in vectors]
    unwanted = [each for each in dismissed if _nearest(each, found) is interest]
    vector = between(members.values(), unwanted[:MOST_NEGATIVE])
    if vector is None or space_id is None:
        return None
    return Image(point=point_at(vector, space_id), looks=members)


def _near(image: Image | None, question: Question, count: int) -> list[Found]:
    return alike(varied(image.point, question, count, question.exclude), image) if image else []


def keys_of_item(item: Recommendation) -> list[Any]:
    """The keys of the product and its near-duplicates."""
    return [item.product.pk, *(each.product.pk for each in item.duplicates)]


def _nearest(vector: UnitVector, found: Sequence[Interest]) -> Interest:
    """The interest whose medoid is most similar to `vector`."""
    return max(found, key=lambda interest: float(interest.medoid @ vector))
