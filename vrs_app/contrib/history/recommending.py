"""For you: what one shopper may like, of every interest that they have."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Unpack

import numpy as np
from django.utils import timezone

from vrs_app.conf import conf
from vrs_app.queries import (
    Options,
    Recommendation,
    Recommendations,
    looks_of,
    more_like_these,
    newest_products,
)
from vrs_app.queries.question import Question, asked

from .clustering import Vectors
from .interests import Interest, interests
from .interleaving import interleaved
from .options import for_page_of
from .personal import personal
from .popularity import popular_products
from .reading import interactions
from .shopper import Who
from .taste import Taste, taste

LIMIT = 10

OF_ALL_INTERESTS = ("limit", "offset", "exclude")
"""Options that each interest is not asked with as they are."""

DIVERSITY = 0.3
"""Of what is found for one interest, where neither the caller nor the settings name another."""

MOST_REFUSED = 50
"""Of what a shopper dismissed or bought, the newest so many are kept away with their twins."""

MOST_NEGATIVE = 5
"""Of what they dismissed within an interest, the newest so many push away from it."""


def recommend_for(who: Who, **options: Unpack[Options]) -> Recommendations:
    """What a shopper may like, ten of it: for several interests, each with its share of places.

    `who` is a request, a user or a Shopper. What they bought, liked, put in their cart and
    viewed makes at most `VRS["INTERESTS"]` interests, the newest weighing more; each is asked
    for its look-alikes. What they bought, dismissed, like already or have in the cart is left
    out, and so are near-duplicates of what they bought or dismissed. Where that is too little,
    what is popular follows, then what is newest. Each has `because`, `kind` and a `reason`.

    Takes the options of every question about products, and raises as those do.
    """
    chosen = for_page_of(who, options)
    limit, diversity = chosen.get("limit"), chosen.get("diversity")
    chosen["limit"] = LIMIT if limit is None else limit
    chosen["diversity"] = (conf.DIVERSITY or DIVERSITY) if diversity is None else diversity
    question = asked(None, **chosen)
    narrowing = {name: each for name, each in chosen.items() if name not in OF_ALL_INTERESTS}
    find = partial(_answer, who, question, narrowing)
    return Recommendations(find, offset=question.offset, limit=question.limit)


def _answer(
    who: Who, question: Question, options: Mapping[str, Any], offset: int, limit: int
) -> list[Recommendation]:
    count = offset + limit
    theirs = taste(interactions(who), timezone.now())
    exclude = {*question.exclude, *theirs.known}
    newest_refused = theirs.refused[:MOST_REFUSED]
    looks = looks_of([*theirs.weights, *theirs.dismissed[:MOST_REFUSED], *newest_refused])
    refused = [looks[key] for key in newest_refused if key in looks]
    found = _for_interests(theirs, looks, refused, count, {**options, "exclude": exclude})
    for more in (popular_products, newest_products):
        missing = count - len(found)
        if missing > 0:
            known = exclude | {key for item in found for key in keys_of_item(item)}
            wanted = more(**{**options, "exclude": known, "limit": missing + len(refused)})
            found += without_twins(wanted, refused)[:missing]
    page = found[offset:count]
    return [
        personal(item, position=position, kinds=theirs.kinds)
        for position, item in enumerate(page, offset + 1)
    ]


def _for_interests(
    theirs: Taste,
    looks: Mapping[Any, Vectors],
    refused: Sequence[Vectors],
    count: int,
    options: Mapping[str, Any],
) -> list[Recommendation]:
    """Look-alikes for each interest, in turn; none of what they looked at already."""
    found = interests(looks, theirs.weights, conf.INTERESTS)
    dismissed = [key for key in theirs.dismissed if key in looks]
    exclude = {*options["exclude"], *theirs.weights}
    rows = []
    for interest in found:
        negative = [key for key in dismissed if _nearest(looks[key], found) is interest]
        # Twins of what was refused are found by the interest that it is nearest to.
        twins = sum(_nearest(look, found) is interest for look in refused)
        answer = more_like_these(
            interest.members,
            negative[:MOST_NEGATIVE],
            **{**options, "exclude": exclude, "limit": count + twins},
        )
        rows.append(list(answer))
    kept = without_twins([item for row in rows for item in row], refused)
    keys = {item.product.pk for item in kept}
    rows = [[item for item in row if item.product.pk in keys] for row in rows]
    return interleaved(rows, [each.weight for each in found], count, keys_of_item)


def _nearest(vector: Vectors, found: Sequence[Interest]) -> Interest:
    return max(found, key=lambda interest: float(interest.medoid @ vector))


def without_twins(
    items: Iterable[Recommendation], refused: Sequence[Vectors]
) -> list[Recommendation]:
    """`items` without those that are nearly what was refused."""
    kept = list(items)
    if not refused or not kept or conf.DUPLICATE_THRESHOLD > 1:
        return kept
    looks = looks_of({item.product.pk for item in kept})
    against = np.stack(list(refused))
    twins = {
        key for key, look in looks.items() if (against @ look).max() >= conf.DUPLICATE_THRESHOLD
    }
    return [item for item in kept if item.product.pk not in twins]


def keys_of_item(item: Recommendation) -> list[Any]:
    """Its own and those of its near-duplicates."""
    return [item.product.pk, *(twin.product.pk for twin in item.duplicates)]
