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
MAX_RESULTS = 4 * PAGE_SIZE
"""Results beyond so many hardly resemble what was searched for."""


def fetched(found: Recommendations) -> Sequence[Recommendation]:
    """The recommendations, evaluated now; empty, and a warning logged, after a database error."""
    # A savepoint: a failed query must not abort the page's own transaction.
    with SuppressErrors(_log, DatabaseError), transaction.atomic():
        len(found)  # runs the query here, where errors are suppressed
        return found
    return []


def _log(error: Exception) -> None:
    logger.warning("Products could not be searched.", exc_info=error)


def page_of(found: QuerySet[Any] | Sequence[Any], number: str | None) -> "Page[Any]":
    """The page of this number, or the nearest existing one."""
    return Paginator(found, PAGE_SIZE).get_page(number)


def page_context(page: "Page[Any]") -> dict[str, Any]:
    """The context of the template `_pages.html`."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1)
    return {"page": page, "page_numbers": numbers}
