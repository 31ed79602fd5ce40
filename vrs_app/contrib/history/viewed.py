"""A shopper's recently viewed products, and look-alikes of those."""

from functools import partial
from typing import Any, Unpack

from django.utils import timezone

from vrs_app.queries import (
    Candidate,
    Options,
    Query,
    Recommendation,
    Recommendations,
    Source,
    build_query,
    first_shown,
    more_like_these,
)

from .event_types import Kind
from .past_interactions import interactions
from .profile import profile_of
from .shopper import Who, with_request

MOST_EXAMPLES = 5
"""Positive, and negative, examples of look-alikes: the last viewed, and the last dismissed."""


def recently_viewed(who: Who, **options: Unpack[Options]) -> Recommendations:
    """The products that a shopper viewed, the latest first, without those they dismissed.

    Takes the options of every query of `vrs_app.queries`, and raises as those do. On a product's
    own page, `exclude=[product]` leaves it out.
    """
    query = build_query(None, **with_request(who, options))
    fetch = partial(_recently_viewed, who, query)
    return Recommendations(fetch, offset=query.offset, limit=query.limit)


def like_recently_viewed(who: Who, **options: Unpack[Options]) -> Recommendations:
    """Look-alikes of the products that a shopper viewed last, each `because` of one of those.

    Takes the options of every query of `vrs_app.queries`, and raises as those do.
    """
    viewed, dismissed = _viewed(who)
    latest = viewed[:MOST_EXAMPLES]
    unlike = dismissed[:MOST_EXAMPLES] if latest else []
    chosen = with_request(who, options)
    chosen["exclude"] = [*chosen.get("exclude", ()), *viewed, *dismissed]
    return more_like_these(latest, unlike, **chosen)


def _recently_viewed(who: Who, query: Query, offset: int, limit: int) -> list[Recommendation]:
    viewed, _ = _viewed(who)
    wanted = [key for key in viewed if key not in query.exclude]
    if not wanted:
        return []
    shown = set(query.products.filter(pk__in=wanted).values_list("pk", flat=True))
    keys = [key for key in wanted if key in shown]
    found = [Candidate(key=key, source=Source.VIEWED) for key in keys]
    return first_shown(found, query.products, offset + limit)[offset:]


def _viewed(who: Who) -> tuple[list[Any], list[Any]]:
    """The keys of viewed products without dismissed ones, and of dismissed ones; latest first.

    A product that was liked, chosen or bought after it was dismissed is not dismissed any more.
    """
    found = interactions(who)
    dismissed = list(profile_of(found, timezone.now()).dismissed)
    viewed = [each.product for each in found if each.kind == Kind.VIEWED]
    return [key for key in dict.fromkeys(viewed) if key not in set(dismissed)], dismissed
