"""What many shoppers want now."""

import datetime
from collections.abc import Collection
from functools import partial
from typing import Any, Unpack

from django.db.models import Case, FloatField, QuerySet, Sum, Value, When
from django.utils import timezone

from vrs_app.queries import Options, Recommendation, Recommendations, Source
from vrs_app.queries.candidates import Found
from vrs_app.queries.hydrate import presented
from vrs_app.queries.options import Question, asked

from .event_types import WEIGHTS
from .fail_safe import database, kept_from_the_page
from .models import InteractionRow

WINDOW = datetime.timedelta(days=30)
MOST_COUNTED = 10_000
"""Of the interactions within the window the newest so many: a page waits for this count."""


def popular_products(**options: Unpack[Options]) -> Recommendations:
    """What shoppers bought, liked, put in their carts and viewed most in the last 30 days.

    Each shopper counts once a product and kind, by the weights of `kinds.WEIGHTS`. Takes the
    options of every question about products, and raises as those do. Empty where nobody did
    anything, or our table cannot be read.
    """
    question = asked(None, **options)
    find = partial(_answer, question)
    return Recommendations(find, offset=question.offset, limit=question.limit)


def _answer(question: Question, offset: int, limit: int) -> list[Recommendation]:
    wanted = most_wanted(question.shown, question.exclude)[offset : offset + limit]
    nothing: list[Any] = []
    keys = kept_from_the_page("What is popular was not counted", partial(list, wanted), nothing)
    found = [Found(key=key, source=Source.POPULAR) for key in keys]
    return presented(found, question.shown, first_position=offset + 1) if found else []


def most_wanted(shown: QuerySet[Any], exclude: Collection[Any]) -> QuerySet[Any, Any]:
    """The keys of those of `shown` that were wanted, the most wanted first."""
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
