"""The options of a query, checked, with the defaults of the settings filled in."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from ..catalogue import catalogue
from ..conf import conf
from .filters import Price, filtered
from .results import FALLBACK_SOURCES, Source

MAX_COUNT = 1_000_000_000
"""The largest `limit` and `offset`."""

NO_THRESHOLD = -1.0
"""The lowest cosine similarity that there is: nothing is cut off."""


class Options(TypedDict, total=False):
    """What every query takes by keyword; None means the setting of the same name."""

    queryset: QuerySet[Any] | None
    """A QuerySet of the shop's products; filters inside the search."""
    price_min: Price | None
    price_max: Price | None
    price_within: float | None
    """A share of the viewed product's price: 0.2 for a fifth less to a fifth more."""
    limit: int | None
    offset: int
    threshold: float | None
    """The lowest cosine similarity, -1 to 1."""
    exclude: Iterable[Any]
    """Products or primary keys."""
    diversity: float | None
    """0 for the most similar, towards 1 for more variety."""
    request: HttpRequest | None
    """Passed to the Catalogue's `visible`."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A query with every option resolved.

    `products` may be in the answer, the keys `exclude` may not. `product` is the one that
    neighbours are searched for, where there is just one. `threshold` is a cosine similarity.
    """

    product: Model | None
    products: QuerySet[Any]
    sources: Sequence[Source]
    minimum: int
    limit: int
    offset: int
    threshold: float
    exclude: Collection[Any]
    diversity: float


def build_query(
    product: Model | None,
    *,
    minimum: int | None = None,
    sources: Iterable[str] | None = None,
    queryset: QuerySet[Any] | None = None,
    price_min: Price | None = None,
    price_max: Price | None = None,
    price_within: float | None = None,
    limit: int | None = None,
    offset: int = 0,
    threshold: float | None = None,
    exclude: Iterable[Any] = (),
    diversity: float | None = None,
    request: HttpRequest | None = None,
) -> Query:
    """Resolve the options; raises ValueError or TypeError naming the one that is wrong."""
    return Query(
        product=product,
        products=filtered(
            product,
            queryset=queryset,
            price_min=price_min,
            price_max=price_max,
            price_within=price_within,
            request=request,
        ),
        sources=_sources(conf.SOURCES if sources is None else sources),
        minimum=_whole("minimum", conf.MINIMUM if minimum is None else minimum),
        limit=_whole("limit", conf.LIMIT if limit is None else limit),
        offset=_whole("offset", offset),
        threshold=_number("threshold", conf.THRESHOLD if threshold is None else threshold),
        exclude={*([product.pk] if product else []), *keys_of("exclude", exclude)},
        diversity=fraction("diversity", conf.DIVERSITY if diversity is None else diversity),
    )


def require_product(value: object) -> None:
    """Raises TypeError for anything but a product of the shop."""
    if not isinstance(value, catalogue().model):
        raise TypeError(f"product takes a {catalogue().model.__name__}, not {value!r}.")


def _whole(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
        raise ValueError(f"{name} takes a whole number from 0 to {MAX_COUNT}, not {value!r}.")
    return value


def _number(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise ValueError(f"{name} takes a number, not {value!r}.")
    return value


def fraction(name: str, value: float) -> float:
    if not 0 <= _number(name, value) <= 1:
        raise ValueError(f"{name} takes a number from 0 to 1, not {value!r}.")
    return value


def keys_of(name: str, values: Iterable[Any]) -> list[Any]:
    """Primary keys from products or keys (as text too); raises ValueError naming the option."""
    key = catalogue().model._meta.pk
    assert key is not None
    try:
        return [key.to_python(getattr(value, "pk", value)) for value in as_list(name, values)]
    except (TypeError, ValidationError) as error:
        raise _no_products(name, error) from error


def as_list(name: str, values: Iterable[Any]) -> list[Any]:
    """Products or keys as a list: an iterator can be consumed only once."""
    try:
        if isinstance(values, str):
            raise TypeError("a text is not a list of keys")
        return list(values)
    except TypeError as error:
        raise _no_products(name, error) from error


def _no_products(name: str, error: Exception) -> ValueError:
    return ValueError(f"{name} takes products or primary keys: {error}.")


def _sources(names: Iterable[str]) -> tuple[Source, ...]:
    chosen = list(names)
    if unknown := [name for name in chosen if name not in FALLBACK_SOURCES]:
        raise ValueError(f"sources takes {', '.join(FALLBACK_SOURCES)}, not {', '.join(unknown)}.")
    return tuple(dict.fromkeys(Source(name) for name in chosen))
