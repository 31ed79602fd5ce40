"""From a request's parameters to recommendations: every view asks here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from ..exceptions import CatalogueLacks
from ..infra.db import database
from ..queries import Recommendation
from .parameters import MOST_OFFSET

PRICES = ("price_min", "price_max", "price_within")

Find = Callable[..., Iterable[Recommendation]]
"""A question of `queries`, which takes parameters and the request by their names."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of an answer, and where those before and after it begin, if there are any."""

    results: list[Recommendation]
    next_offset: int | None
    previous_offset: int | None


def ask(request: Request, find: Find, values: dict[str, Any]) -> list[Recommendation]:
    """What `find` answers with these parameters."""
    try:
        # Atomic, so that an error in here leaves the shop's own transaction intact.
        with transaction.atomic(using=database()):
            return list(find(request=request._request, **values))
    except CatalogueLacks as error:
        way_out = _("This shop cannot be searched by price. Leave it out.")
        named = {name: [way_out] for name in PRICES if name in values}
        raise ValidationError(named) if named else error from error


def page(request: Request, find: Find, values: dict[str, Any], *, minimum: int = 0) -> Page:
    """The page that begins at `offset`; `find` answers nothing below `minimum` products.

    Asks for one more than the page holds, which tells whether another follows.
    """
    limit, offset = values["limit"], values["offset"]
    found = ask(request, find, values | {"limit": limit + 1})
    if not found and limit < minimum:
        found = ask(request, find, values)  # exactly `limit` fill a page, not one more
    has_more = len(found) > limit and offset + limit <= MOST_OFFSET
    return Page(
        results=found[:limit],
        next_offset=offset + limit if has_more else None,
        previous_offset=max(0, offset - limit) if offset else None,
    )


def addressed(request: Request, one: Page) -> dict[str, Any]:
    """A page, and the addresses at which its neighbours can be fetched."""
    return {
        "next": _at(request, one.next_offset),
        "previous": _at(request, one.previous_offset),
        "results": one.results,
    }


def _at(request: Request, offset: int | None) -> str | None:
    if offset is None:
        return None
    address = request.build_absolute_uri()
    if offset:
        return replace_query_param(address, "offset", offset)
    return remove_query_param(address, "offset")
