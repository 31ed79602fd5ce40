"""`{% load vrs_history %}`: the template tags of personal recommendations."""

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
from vrs_app.infra.transactions import SuppressErrors, savepoint_if_needed
from vrs_app.queries import Recommendation, Recommendations

from ..recommending import DEFAULT_LIMIT, recommend_for
from ..viewed import like_recently_viewed, recently_viewed

logger = logging.getLogger(__name__)
register = Library()


@register.simple_tag(takes_context=True)
def recommended_products(
    context: Context,
    limit: int | None = DEFAULT_LIMIT,
    heading: str | None = None,
    template: str = "vrs_history/recommended_products.html",
    note_url: str | None = None,
    **options: Any,
) -> str:
    """The carousel "for you" as HTML, with reasons: `{% recommended_products limit=10 %}`.

    Takes all other options of `recommend_for`. `note_url` is where the "Not interested" buttons
    post, by default the view of our `urls` if the shop includes them; "" leaves the buttons out.
    An error gives "" and is logged, as in `get_recommended_products`.
    """
    request = context.get("request")
    items = get_recommended_products(context, limit, **options)
    if items and len(items) < min(DEFAULT_LIMIT if limit is None else limit, conf.MINIMUM):
        items = []
    values = {
        "items": items,
        "heading": _("Recommended for you") if heading is None else heading,
        "heading_id": f"vrs-recommended-{uuid4().hex[:8]}",
        # Without a request there is no CSRF token, so the form would be rejected.
        "note_url": (_note_url() if note_url is None else note_url) if request else "",
    }
    # In a savepoint: rendering may query, for the Catalogue's titles, prices and URLs.
    with SuppressErrors(_log_error), savepoint_if_needed(database()):
        return render_to_string(template, values, request)
    return ""


@register.simple_tag(takes_context=True)
def get_recommended_products(
    context: Context, limit: int | None = DEFAULT_LIMIT, **options: Any
) -> list[Recommendation]:
    """The items of the carousel as a list: `{% get_recommended_products limit=10 as items %}`.

    Takes all other options of `recommend_for`. An error gives an empty list and is logged, except
    where the page's own transaction is lost with the connection: that error is raised.
    """
    return _items(recommend_for, context, limit, options)


@register.simple_tag(takes_context=True)
def get_recently_viewed(
    context: Context, limit: int | None = DEFAULT_LIMIT, **options: Any
) -> list[Recommendation]:
    """Viewed products, the latest first: `{% get_recently_viewed limit=10 as items %}`."""
    return _items(recently_viewed, context, limit, options)


@register.simple_tag(takes_context=True)
def get_like_recently_viewed(
    context: Context, limit: int | None = DEFAULT_LIMIT, **options: Any
) -> list[Recommendation]:
    """Look-alikes of the last viewed: `{% get_like_recently_viewed limit=10 as items %}`."""
    return _items(like_recently_viewed, context, limit, options)


def _items(
    find: Callable[..., Recommendations],
    context: Context,
    limit: int | None,
    options: dict[str, Any],
) -> list[Recommendation]:
    """The results of `find` for the shopper of the page's request; [] on an error."""
    limit = DEFAULT_LIMIT if limit is None else limit
    # Atomic, so that an error in here leaves the page's own transaction intact.
    with SuppressErrors(_log_error), transaction.atomic(using=database()):
        return list(find(context.get("request"), limit=limit, **options))
    return []


def _note_url() -> str:
    try:
        return reverse("vrs_history:note")
    except NoReverseMatch:  # the shop does not include our URLs
        return ""


def _log_error(error: Exception) -> None:
    """Log `error`; with DEBUG raise it for the template's author, unless the database's."""
    if settings.DEBUG and not isinstance(error, Error):
        raise error
    logger.error("No products for a shopper: %r", error, exc_info=error)
