"""The most popular products."""

import datetime
from collections.abc import Collection
from functools import partial
from typing import Any, Unpack

from django.db.models import Case, FloatField, QuerySet, Sum, Value, When
from django.utils import timezone

from vrs_app.queries import (
    SPARE,
    Candidate,
    Options,
    Query,
    Recommendation,
    Recommendations,
    Source,
    build_query,
    first_shown,
)

from .event_types import WEIGHTS
from .fail_safe import database, fail_safe
from .models import InteractionRow

WINDOW = datetime.timedelta(days=30)
"""The age of the interactions that count."""

MOST_COUNTED = 10_000
"""Interactions that count, the newest within the window: a page waits for the query."""


def popular_products(**options: Unpack[Options]) -> Recommendations:
    """The products that shoppers bought, liked, put in their carts and viewed most in 30 days.

    A product's score is the sum of `event_types.WEIGHTS` over its interactions; a shopper counts
    once a product and kind. Takes the options of every query of `vrs_app.queries`, and raises as
    those do. Empty without interactions, and on a database error, which is logged.
    """
    query = build_query(None, **options)
    fetch = partial(_popular, query)
    return Recommendations(fetch, offset=query.offset, limit=query.limit)


def _popular(query: Query, offset: int, limit: int) -> list[Recommendation]:
    wanted = popular_keys(query.products, query.exclude)[: offset + limit + SPARE]
    nothing: list[Any] = []
    keys = fail_safe("Popular products could not be counted", partial(list, wanted), nothing)
    found = [Candidate(key=key, source=Source.POPULAR) for key in keys]
    if offset >= len(found):
        return []
    return first_shown(found, query.products, offset + limit)[offset:]


def popular_keys(shown: QuerySet[Any], exclude: Collection[Any]) -> QuerySet[Any, Any]:
    """The keys of the products in `shown` that have a score, the highest first."""
    rows = InteractionRow.objects.using(database())
    wanted = rows.filter(at__gte=timezone.now() - WINDOW, kind__in=list(WEIGHTS))
    score = Case(
        *(When(kind=kind, then=Value(weight)) for kind, weight in WEIGHTS.items()),
        output_field=FloatField(),
    )
    return (
        rows.filter(pk__in=wanted.order_by("-at").values("pk")[:MOST_COUNTED])
        .filter(product__in=shown.using(database()).values("pk"))
        .exclude(product__in=exclude)
        .values("product_id")
        .annotate(score=Sum(score))
        .order_by("-score", "-product_id")
        .values_list("product_id", flat=True)
    )
