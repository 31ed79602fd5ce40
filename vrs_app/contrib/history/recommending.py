"""For you: what one shopper may like, of every interest that they have."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Unpack

from django.utils import timezone

from vrs_app.conf import conf
from vrs_app.queries import Options, Recommendation, Recommendations, newest_products
from vrs_app.queries.embeddings import active_space_id, in_space
from vrs_app.queries.options import Question, asked

from .explanations import personal
from .look_alikes import keys_of_item, look_alikes
from .negative_feedback import Refused
from .options import LIMIT, MOST_PLACES, for_page_of
from .past_interactions import interactions
from .popularity import popular_products
from .profile import taste
from .shopper import Who

OF_ALL_INTERESTS = ("limit", "offset", "exclude")
"""Options that each interest is not asked with as they are."""

DIVERSITY = 0.3
"""Of what is found for one interest, where neither the caller nor the settings name another."""

MOST_REFUSED = 50
"""Of what a shopper dismissed or bought, the newest so many are kept away with their twins."""


def recommend_for(who: Who, **options: Unpack[Options]) -> Recommendations:
    """What a shopper may like, ten of it: for several interests, each with its share of places.

    `who` is a request, a user or a Shopper. What they bought, liked, put in their cart and
    viewed makes at most `VRS["INTERESTS"]` interests, the newest weighing more; each is asked
    for its look-alikes. What they bought, dismissed, like already or have in the cart is left
    out, and so are near-duplicates of what they bought or dismissed. Where that is too little,
    what is popular follows, then what is newest. Each has `because`, `kind` and a `reason`.

    Takes the options of every question about products, and raises as those do. There are 100
    places, by `limit` and `offset` together; beyond them there is nothing.
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
    count = min(offset + limit, MOST_PLACES)
    if offset >= count:
        return []
    theirs = taste(interactions(who), timezone.now())
    newest_refused = theirs.refused[:MOST_REFUSED]
    known = {*theirs.weights, *theirs.dismissed[:MOST_REFUSED], *newest_refused}
    # One space for all that is compared here, though another may be shown meanwhile.
    using = question.shown.db
    space_id = active_space_id(using)
    looks = {} if space_id is None else in_space(known, space_id, using)
    refused = Refused.among(newest_refused, looks, space_id, using)
    options = {**options, "exclude": {*question.exclude, *theirs.known}}
    unknown = replace(question, exclude={*options["exclude"], *theirs.weights})
    found = look_alikes(theirs, looks, refused, unknown, count, options.get("request"))
    found += _others(found, refused, count - len(found), options)
    return [
        personal(item, position=position, kinds=theirs.kinds)
        for position, item in enumerate(found[offset:], offset + 1)
    ]


def _others(
    found: list[Recommendation], refused: Refused, count: int, options: Mapping[str, Any]
) -> list[Recommendation]:
    """What fills up where too little looks alike: what is popular, then what is newest."""
    others: list[Recommendation] = []
    for more in (popular_products, newest_products):
        missing = count - len(others)
        if missing > 0:
            shown = {key for item in (*found, *others) for key in keys_of_item(item)}
            exclude = {*options["exclude"], *shown}
            wanted = more(**{**options, "exclude": exclude, "limit": missing + len(refused)})
            others += refused.without_twins(wanted)[:missing]
    return others
