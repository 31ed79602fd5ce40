"""Recommendations "for you": look-alikes of each interest of a shopper."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Unpack

from django.utils import timezone

from vrs_app.conf import conf
from vrs_app.queries import (
    Options,
    Query,
    Recommendation,
    Recommendations,
    active_space_id,
    build_query,
    main_vectors,
    newest_products,
)

from .explanations import personal
from .look_alikes import keys_of_item, look_alikes
from .negative_feedback import Refused
from .past_interactions import interactions
from .popularity import popular_products
from .profile import profile_of
from .shopper import Who, with_request

DEFAULT_LIMIT = 10
"""Products that are returned where the caller names no `limit`."""

MOST_PLACES = 100
"""Products that can be reached by `limit` and `offset` together."""

NOT_PER_INTEREST = ("limit", "offset", "exclude")
"""Options of the whole result, not of the query of each interest."""

DIVERSITY = 0.3
"""The `diversity` within an interest, where neither the caller nor the settings name another."""

MOST_REFUSED = 50
"""Dismissed or bought products whose near-duplicates are excluded, the newest."""


def recommend_for(who: Who, **options: Unpack[Options]) -> Recommendations:
    """Products that a shopper may like, by default ten: look-alikes of their interests.

    `who` is a request, a user or a Shopper. What they bought, liked, put in their cart and viewed
    is clustered into at most `VRS["INTERESTS"]` interests, newer interactions weighing more, and
    the look-alikes of each are interleaved. Excluded are products that they bought, liked,
    dismissed or have in the cart, and near-duplicates of those bought or dismissed. If there are
    too few, popular products follow, then the newest. Each has `because`, `kind` and a `reason`.

    Takes the options of every query of `vrs_app.queries`, and raises as those do. `limit` and
    `offset` together reach MOST_PLACES products.
    """
    chosen = with_request(who, options)
    limit, diversity = chosen.get("limit"), chosen.get("diversity")
    chosen["limit"] = DEFAULT_LIMIT if limit is None else limit
    chosen["diversity"] = (conf.DIVERSITY or DIVERSITY) if diversity is None else diversity
    query = build_query(None, **chosen)
    options_per_interest = {
        name: each for name, each in chosen.items() if name not in NOT_PER_INTEREST
    }
    fetch = partial(_recommended, who, query, options_per_interest)
    return Recommendations(fetch, offset=query.offset, limit=query.limit)


def _recommended(
    who: Who, query: Query, options: Mapping[str, Any], offset: int, limit: int
) -> list[Recommendation]:
    count = min(offset + limit, MOST_PLACES)
    if offset >= count:
        return []
    profile = profile_of(interactions(who), timezone.now())
    newest_refused = profile.refused[:MOST_REFUSED]
    known = {*profile.weights, *profile.dismissed[:MOST_REFUSED], *newest_refused}
    # All vectors of one space, though another may be activated meanwhile.
    using = query.products.db
    space_id = active_space_id(using)
    vectors = {} if space_id is None else main_vectors(known, space_id, using)
    refused = Refused.of(newest_refused, vectors, space_id, using)
    options = {**options, "exclude": {*query.exclude, *profile.known}}
    unknown = replace(query, exclude={*options["exclude"], *profile.weights})
    found = look_alikes(profile, vectors, refused, unknown, count, options.get("request"))
    found += _fallback(found, refused, count - len(found), options)
    return [
        personal(item, position=position, kinds=profile.kinds)
        for position, item in enumerate(found[offset:], offset + 1)
    ]


def _fallback(
    found: list[Recommendation], refused: Refused, count: int, options: Mapping[str, Any]
) -> list[Recommendation]:
    """At most `count` products that are not in `found`: popular ones, then the newest."""
    others: list[Recommendation] = []
    for more in (popular_products, newest_products):
        missing = count - len(others)
        if missing > 0:
            shown = {key for item in (*found, *others) for key in keys_of_item(item)}
            exclude = {*options["exclude"], *shown}
            wanted = more(**{**options, "exclude": exclude, "limit": missing + len(refused)})
            others += refused.without_duplicates(wanted)[:missing]
    return others
