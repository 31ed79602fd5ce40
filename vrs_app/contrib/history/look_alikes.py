"""What looks like each interest of a shopper, and is not what they refused."""

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
    question: Question,
    count: int,
    request: Any,
) -> list[Recommendation]:
    """`count` look-alikes, of each interest in turn; none of what the question excludes.

    Each interest is asked for `count`, and for as many more as it may have twins of what was
    refused. The shop's rows are read once, of those alone that have a place in the end.
    """
    found = interests(looks, theirs.weights, conf.INTERESTS)
    images = [_image(interest, found, theirs, looks, refused.space_id) for interest in found]
    rows = [
        # Twins of what was refused are found by the interest that it is nearest to.
        _near(image, asked, count + sum(_nearest(look, found) is each for look in refused.looks))
        for each, image, asked in zip(found, images, _questions(found, question), strict=True)
    ]
    twins = refused.twins_among({one.key for row in rows for one in row})
    wanted = [[one for one in row if one.key not in twins] for row in rows]
    best = interleaved(wanted, [each.weight for each in found], count, lambda one: one.keys)
    named = reasons(best, question.shown.db, request)
    return presented(best, question.shown, first_position=1, reasons=named) if best else []


def _questions(found: Sequence[Interest], question: Question) -> list[Question]:
    """For each interest; where that is one product, without what the shop hides beside it."""
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
    theirs: Taste,
    looks: Mapping[Any, Vectors],
    space_id: int | None,
) -> Image | None:
    """Where the interest's look-alikes are; None while that has no direction."""
    members = {key: looks[key] for key in interest.members}
    dismissed = [looks[key] for key in theirs.dismissed if key in looks]
    unwanted = [look for look in dismissed if _nearest(look, found) is interest]
    vector = between(members.values(), unwanted[:MOST_NEGATIVE])
    if vector is None or space_id is None:
        return None
    return Image(point=point_at(vector, space_id), looks=members)


def _near(image: Image | None, question: Question, count: int) -> list[Found]:
    return alike(varied(image.point, question, count, question.exclude), image) if image else []


def keys_of_item(item: Recommendation) -> list[Any]:
    """Its own and those of its near-duplicates."""
    return [item.product.pk, *(twin.product.pk for twin in item.duplicates)]


def _nearest(vector: Vectors, found: Sequence[Interest]) -> Interest:
    return max(found, key=lambda interest: float(interest.medoid @ vector))
