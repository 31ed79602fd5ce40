"""Running a query of `vrs_app.queries` for a request, and cutting its results into pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
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
"""A function of `vrs_app.queries`; takes parameters and `request` as keyword arguments."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of results, and the offsets of its neighbours, None where there is none."""

    results: list[Recommendation]
    next_offset: int | None
    previous_offset: int | None


def fetch(request: Request, find: Find, values: dict[str, Any]) -> list[Recommendation]:
    """The results of `find` with the parameters `values`, read from the database now.

    Raises ValidationError for a price in a shop whose Catalogue has no prices.
    """
    try:
        # Atomic, so that an error in here leaves the shop's own transaction intact.
        with transaction.atomic(using=database()):
            return list(find(request=request._request, **values))
    except CatalogueLacks as error:
        way_out = _("This shop cannot be searched by price. Leave it out.")
        named = {name: [way_out] for name in PRICES if name in values}
        raise ValidationError(named) if named else error from error


def page(request: Request, find: Find, values: dict[str, Any], *, minimum: int = 0) -> Page:
    """The page of `find`'s results that `limit` and `offset` in `values` name.

    `minimum` is the number of products below which `find` returns none. Fetches one result more
    than the page holds, to know whether another page follows.
    """
    limit, offset = values["limit"], values["offset"]
    found = fetch(request, find, values | {"limit": limit + 1})
    if not found and limit < minimum:
        found = fetch(request, find, values)  # `minimum` is lowered to `limit`, not to one more
    has_more = len(found) > limit and offset + limit <= MOST_OFFSET
    return Page(
        results=_priced(found[:limit]),
        next_offset=offset + limit if has_more else None,
        previous_offset=max(0, offset - limit) if offset else None,
    )


def _priced(found: Iterable[Recommendation]) -> list[Recommendation]:
    """Those whose price can be read; the responses hold it, the pages' own label is another."""
    kept = [item for item in found if item.display.can_show("price")]
    return [replace(item, duplicates=tuple(_priced(item.duplicates))) for item in kept]


def with_links(request: Request, one: Page) -> dict[str, Any]:
    """The page as a dict: `results`, and the URLs of the `next` and `previous` page or None."""
    return {
        "next": _url_at(request, one.next_offset),
        "previous": _url_at(request, one.previous_offset),
        "results": one.results,
    }


def _url_at(request: Request, offset: int | None) -> str | None:
    if offset is None:
        return None
    url = request.build_absolute_uri()
    if offset:
        return replace_query_param(url, "offset", offset)
    return remove_query_param(url, "offset")
