"""Which products may be in an answer, as one QuerySet."""

import math
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from ..catalogue import catalogue
from ..conf import conf
from ..display import Display
from ..exceptions import CatalogueLacks
from . import curation

Price = Decimal | int | float


def offered(request: HttpRequest | None = None) -> QuerySet[Any]:
    """The visible products that are in stock, before the merchant's hides."""
    visible = catalogue().visible(request)
    in_stock = catalogue().in_stock(visible) if conf.HIDE_OUT_OF_STOCK else None
    return visible if in_stock is None else in_stock


def filtered(
    product: Model | None,
    *,
    queryset: QuerySet[Any] | None,
    price_min: Price | None,
    price_max: Price | None,
    price_within: float | None,
    request: HttpRequest | None,
) -> QuerySet[Any]:
    """The products that may be in an answer about `product` (or about none), as one QuerySet.

    Raises TypeError for a QuerySet of another model, ValueError for impossible prices, and
    CatalogueLacks where the shop's Catalogue has no prices.
    """
    shown = _intersected(offered(request), queryset)
    shown = shown.using(shown.db)  # one call of the router, so that one database answers
    lowest, highest = _decimal("price_min", price_min), _decimal("price_max", price_max)
    if lowest is not None and highest is not None and lowest > highest:
        raise ValueError(f"price_min, {lowest}, is above price_max, {highest}.")
    if (lowest, highest, price_within) != (None, None, None):
        shown = _priced(_priced(shown, lowest, highest), *_price_range(product, price_within))
    return curation.without_hidden(product, shown)


def _intersected(offer: QuerySet[Any], chosen: QuerySet[Any] | None) -> QuerySet[Any]:
    """The products in both; `chosen` keeps its prefetches where it can be filtered further."""
    if chosen is None:
        return offer
    if not isinstance(chosen, QuerySet) or not _is_of(chosen.model, offer.model):
        raise TypeError(f"queryset takes a QuerySet of {offer.model.__name__}, not {chosen!r}.")
    offer, chosen = offer.using(chosen.db), chosen.all()
    chosen.query.select_for_update = False  # nothing is written, and there may be no transaction
    if _can_be_narrowed(chosen):
        return chosen.filter(pk__in=offer.values("pk"))
    return offer.filter(pk__in=chosen.values("pk"))


def _can_be_narrowed(chosen: QuerySet[Any]) -> bool:
    """Whether a further filter keeps the meaning of the QuerySet."""
    query = chosen.query
    gives_rows = chosen._fields is None  # type: ignore[attr-defined]
    is_whole = not (query.is_sliced or query.combinator or query.distinct_fields)
    return gives_rows and is_whole and not query.where.contains_over_clause


def _is_of(model: type[Model], products: type[Model]) -> bool:
    """Whether `model` is the product model; a proxy counts as its concrete model."""
    return issubclass(model, products._meta.concrete_model or products)


def _priced(
    shown: QuerySet[Any], lowest: Decimal | None, highest: Decimal | None
) -> QuerySet[Any]:
    priced = catalogue().priced(shown, lowest, highest)
    if priced is None:
        raise CatalogueLacks("Give your Catalogue a `priced`: answers by price stand on it.")
    return priced


def _price_range(
    product: Model | None, share: float | None
) -> tuple[Decimal | None, Decimal | None]:
    """Lowest and highest price within `share` of the product's own: 0.2 is a fifth.

    None and None for a product without a price, and where the Catalogue raises for it.
    """
    if share is None:
        return None, None
    if product is None:
        raise ValueError("price_within takes the price of one product, and there is none.")
    part = _decimal("price_within", share)
    display = Display(product)
    price = display.price if display.can_show("price") else None
    if price is None or part is None:
        return None, None
    return price * (1 - part), price * (1 + part)


def _decimal(name: str, value: Price | None) -> Decimal | None:
    """`value` as a Decimal; raises ValueError naming the parameter."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        raise ValueError(f"{name} takes a number, not {value!r}.")
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} takes a number from 0, not {value!r}.")
    return Decimal(str(value))
