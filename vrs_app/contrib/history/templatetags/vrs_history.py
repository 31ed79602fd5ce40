"""`{% load vrs_history %}`: what a shopper may like, and what they looked at, in templates."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import Error, transaction
from django.template import Context, Library
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from vrs_app.conf import conf
from vrs_app.infra.db import database
from vrs_app.infra.transactions import FaultsKept, in_savepoint
from vrs_app.queries import Recommendation, Recommendations

from ..options import LIMIT
from ..recommending import recommend_for
from ..viewed import like_recently_viewed, recently_viewed

logger = logging.getLogger(__name__)
register = Library()


@register.simple_tag(takes_context=True)
def recommended_products(
    context: Context,
    limit: int | None = LIMIT,
    heading: str | None = None,
    template: str = "vrs_history/recommended_products.html",
    note_url: str | None = None,
    **options: Any,
) -> str:
    """The carousel "for you", each with its reason: `{% recommended_products limit=10 %}`.

    With a button "Not interested" where the shop has our `urls`; `note_url=""` leaves it out, and
    an address of the shop's own takes the same form.
    """
    request = context.get("request")
    items = get_recommended_products(context, limit, **options)
    if items and len(items) < min(LIMIT if limit is None else limit, conf.MINIMUM):
        items = []  # no page shows a sad row
    drawn = {
        "items": items,
        "heading": _("Recommended for you") if heading is None else heading,
        "heading_id": f"vrs-recommended-{uuid4().hex[:8]}",
        # Without a request there is no token, and so no form that would be taken.
        "note_url": (_note_url() if note_url is None else note_url) if request else "",
    }
    # The Catalogue gives each item's title, price and addresses, and may ask for them only now.
    with FaultsKept(_keep_from_the_page), in_savepoint(database()):
        return render_to_string(template, drawn, request)
    return ""


@register.simple_tag(takes_context=True)
def get_recommended_products(
    context: Context, limit: int | None = LIMIT, **options: Any
) -> list[Recommendation]:
    """The items alone: `{% get_recommended_products limit=10 as items %}`.

    Also takes whatever `recommend_for` takes in Python. A page never breaks because of us:
    whatever goes wrong, there are no items, and the log says why. It hears of its own
    transaction alone, where that is lost with the connection.
    """
    return _items(recommend_for, context, limit, options)


@register.simple_tag(takes_context=True)
def get_recently_viewed(
    context: Context, limit: int | None = LIMIT, **options: Any
) -> list[Recommendation]:
    """What they viewed, the latest first: `{% get_recently_viewed limit=10 as items %}`."""
    return _items(recently_viewed, context, limit, options)


@register.simple_tag(takes_context=True)
def get_like_recently_viewed(
    context: Context, limit: int | None = LIMIT, **options: Any
) -> list[Recommendation]:
    """Look-alikes of what they viewed last: `{% get_like_recently_viewed limit=10 as items %}`."""
    return _items(like_recently_viewed, context, limit, options)


def _items(
    ask: Callable[..., Recommendations],
    context: Context,
    limit: int | None,
    options: dict[str, Any],
) -> list[Recommendation]:
    limit = LIMIT if limit is None else limit
    # Atomic, so that an error in here leaves the page's own transaction intact.
    with FaultsKept(_keep_from_the_page), transaction.atomic(using=database()):
        return list(ask(context.get("request"), limit=limit, **options))
    return []


def _note_url() -> str:
    try:
        return reverse("vrs_history:note")
    except NoReverseMatch:  # the shop did not include our addresses
        return ""


def _keep_from_the_page(error: Exception) -> None:
    """Log it; with DEBUG an author shall see a mistake of theirs, which no database error is."""
    if settings.DEBUG and not isinstance(error, Error):
        raise error
    logger.error("No products for a shopper: %r", error, exc_info=error)
