"""Recommendations on a page: fetched without breaking it, and split into pages."""

import logging
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from vrs_app.infra.transactions import SuppressErrors
from vrs_app.queries import Recommendation, Recommendations

logger = logging.getLogger(__name__)

PAGE_SIZE = 24
MOST_FOUND = 4 * PAGE_SIZE
"""Behind so many, hardly anything looks like what was asked for any more."""


def answered(found: Recommendations) -> Sequence[Recommendation]:
    """What was found; nothing where that cannot be asked."""
    # Atomic, since a failing query must not spoil the page's own.
    with SuppressErrors(_log, DatabaseError), transaction.atomic():
        len(found)  # asks now, while an error is caught
        return found
    return []


def _log(error: Exception) -> None:
    logger.warning("Products could not be searched.", exc_info=error)


def page_of(found: QuerySet[Any] | Sequence[Any], number: str | None) -> "Page[Any]":
    """The page of this number, or the nearest that there is."""
    return Paginator(found, PAGE_SIZE).get_page(number)


def paged(page: "Page[Any]") -> dict[str, Any]:
    """What `_pages.html` needs."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1)
    return {"page": page, "page_numbers": numbers}
