"""`{% load vrs %}`: the template tags of recommendations."""

import logging
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import Error, transaction
from django.db.models import Model
from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ..catalogue import catalogue
from ..infra.db import database
from ..infra.transactions import SuppressErrors, savepoint_if_needed
from ..queries import Recommendation
from ..queries import similar_products as find_similar_products

logger = logging.getLogger(__name__)
register = Library()


@register.simple_tag(takes_context=True)
def similar_products(
    context: Context,
    product: Model,
    limit: int | None = None,
    heading: str | None = None,
    template: str = "vrs_app/similar_products.html",
    **options: Any,
) -> str:
    """The carousel as HTML: `{% similar_products product limit=12 %}`.

    `template` gets `items`, `heading` and `heading_id`. Takes all other options of
    `vrs_app.queries.similar_products`. An error gives "" and is logged, as in
    `get_similar_products`.
    """
    request = context.get("request")
    values = {
        "items": get_similar_products(context, product, limit, **options),
        "heading": _("Products similar to this") if heading is None else heading,
        # Random, to be unique on a page with several carousels, whatever the products' keys.
        "heading_id": f"vrs-similar-{uuid4().hex[:8]}",
    }
    # In a savepoint: rendering may query, for the Catalogue's titles, prices and URLs.
    with SuppressErrors(_log_error), savepoint_if_needed(database()):
        return render_to_string(template, values, request)
    return ""


@register.simple_tag(takes_context=True)
def get_similar_products(
    context: Context, product: Model, limit: int | None = None, **options: Any
) -> list[Recommendation]:
    """The items of the carousel as a list: `{% get_similar_products product limit=6 as items %}`.

    Takes all other options of `vrs_app.queries.similar_products`. Empty for a `product` that is
    no saved product, such as a missing variable. An error gives an empty list and is logged,
    except where the page's own transaction is lost with the connection: that error is raised.
    """
    request = context.get("request")
    with SuppressErrors(_log_error):
        if not isinstance(product, catalogue().model) or product.pk is None:
            return []
        # Atomic, so that an error in here leaves the page's own transaction intact.
        with transaction.atomic(using=database()):
            found = find_similar_products(product, limit=limit, request=request, **options)
            return list(found)  # evaluated here, where an error is caught
    return []


def _log_error(error: Exception) -> None:
    """Log `error`; with DEBUG raise it for the template's author, unless the database's."""
    if settings.DEBUG and not isinstance(error, Error):
        raise error
    logger.error("No similar products: %r", error, exc_info=error)
