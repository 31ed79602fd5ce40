"""From a request's parameters to recommendations: every view asks here."""

from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from ..conf import conf
from ..exceptions import CatalogueLacks
from ..queries import Recommendation, similar_products
from ..spaces import database
from .parameters import MOST_OFFSET

PRICES = ("price_min", "price_max", "price_within")


def ask(request: Request, product: Model, values: dict[str, Any]) -> list[Recommendation]:
    """What a page would show beside `product`, with these parameters."""
    try:
        # Atomic, so that an error in here leaves the shop's own transaction intact.
        with transaction.atomic(using=database()):
            return list(similar_products(product, request=request._request, **values))
    except CatalogueLacks as error:
        way_out = _("This shop cannot be searched by price. Leave it out.")
        named = {name: [way_out] for name in PRICES if name in values}
        raise ValidationError(named) if named else error from error


def page(request: Request, product: Model, values: dict[str, Any]) -> dict[str, Any]:
    """One page, and the addresses of those before and after it.

    Asks for one more than the page holds, which tells whether another follows.
    """
    limit, offset = values["limit"], values["offset"]
    found = ask(request, product, values | {"limit": limit + 1})
    if not found and limit < values.get("minimum", conf.MINIMUM):
        found = ask(request, product, values)  # exactly `limit` fill a page, not one more
    has_more = len(found) > limit and offset + limit <= MOST_OFFSET
    address = request.build_absolute_uri()
    return {
        "next": replace_query_param(address, "offset", offset + limit) if has_more else None,
        "previous": _at(address, max(0, offset - limit)) if offset else None,
        "results": found[:limit],
    }


def _at(address: str, offset: int) -> str:
    if offset:
        return replace_query_param(address, "offset", offset)
    return remove_query_param(address, "offset")
