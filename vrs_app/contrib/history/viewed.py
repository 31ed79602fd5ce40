"""What a shopper looked at last, to go back to it, and what is like it."""

from functools import partial
from typing import Any, Unpack

from django.utils import timezone

from vrs_app.queries import Options, Recommendation, Recommendations, Source, more_like_these
from vrs_app.queries.candidates import Found
from vrs_app.queries.hydrate import presented
from vrs_app.queries.options import Question, asked

from .event_types import Kind
from .options import for_page_of
from .past_interactions import interactions
from .profile import taste
from .shopper import Who

MOST_ASKED_ABOUT = 5
"""Of the products that were viewed last, as many say what a shopper looks for just now."""


def recently_viewed(who: Who, **options: Unpack[Options]) -> Recommendations:
    """The products that a shopper viewed, the latest first, without what they dismissed.

    Takes the options of every question about products, and raises as those do. To leave out
    the one whose page this is: `exclude=[product]`.
    """
    question = asked(None, **for_page_of(who, options))
    find = partial(_answer, who, question)
    return Recommendations(find, offset=question.offset, limit=question.limit)


def like_recently_viewed(who: Who, **options: Unpack[Options]) -> Recommendations:
    """Look-alikes of what a shopper viewed last, each `because` of one of those."""
    viewed, dismissed = _viewed(who)
    latest = viewed[:MOST_ASKED_ABOUT]
    unlike = dismissed[:MOST_ASKED_ABOUT] if latest else []
    chosen = for_page_of(who, options)
    chosen["exclude"] = [*chosen.get("exclude", ()), *viewed, *dismissed]
    return more_like_these(latest, unlike, **chosen)


def _answer(who: Who, question: Question, offset: int, limit: int) -> list[Recommendation]:
    viewed, _ = _viewed(who)
    asked_for = [key for key in viewed if key not in question.exclude]
    if not asked_for:
        return []
    shown = set(question.shown.filter(pk__in=asked_for).values_list("pk", flat=True))
    keys = [key for key in asked_for if key in shown][offset : offset + limit]
    found = [Found(key=key, source=Source.VIEWED) for key in keys]
    return presented(found, question.shown, first_position=offset + 1)


def _viewed(who: Who) -> tuple[list[Any], list[Any]]:
    """The keys that were viewed and not dismissed, and those dismissed; the latest first.

    Who liked or took a product later has changed their mind about it.
    """
    found = interactions(who)
    dismissed = list(taste(found, timezone.now()).dismissed)
    viewed = [each.product for each in found if each.kind == Kind.VIEWED]
    return [key for key in dict.fromkeys(viewed) if key not in set(dismissed)], dismissed
