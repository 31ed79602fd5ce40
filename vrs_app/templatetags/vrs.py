"""`{% load vrs %}`: the recommendations in a shop's templates."""

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
from ..infra.transactions import FaultsKept, in_savepoint
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
    """The carousel: `{% similar_products product limit=12 %}`."""
    request = context.get("request")
    drawn = {
        "items": get_similar_products(context, product, limit, **options),
        "heading": _("Products similar to this") if heading is None else heading,
        # Unique on a page with several carousels, whatever the products' keys look like.
        "heading_id": f"vrs-similar-{uuid4().hex[:8]}",
    }
    # The Catalogue gives each item's title, price and addresses, and may ask for them only now.
    with FaultsKept(_keep_from_the_page), in_savepoint(database()):
        return render_to_string(template, drawn, request)
    return ""


@register.simple_tag(takes_context=True)
def get_similar_products(
    context: Context, product: Model, limit: int | None = None, **options: Any
) -> list[Recommendation]:
    """The items alone: `{% get_similar_products product limit=6 as items %}`.

    Also takes whatever `similar_products` takes in Python. A page never breaks because of
    us: whatever goes wrong, there are no items, and the log says why; nor are there any for
    a variable that the page does not have. It hears of its own transaction alone, where that
    is lost with the connection.
    """
    request = context.get("request")
    with FaultsKept(_keep_from_the_page):
        if not isinstance(product, catalogue().model) or product.pk is None:
            return []
        # Atomic, so that an error in here leaves the page's own transaction intact.
        with transaction.atomic(using=database()):
            found = find_similar_products(product, limit=limit, request=request, **options)
            return list(found)  # now, while an error is caught
    return []


def _keep_from_the_page(error: Exception) -> None:
    """Log it; with DEBUG an author shall see a mistake of theirs, which no database error is."""
    if settings.DEBUG and not isinstance(error, Error):
        raise error
    logger.error("No similar products: %r", error, exc_info=error)
