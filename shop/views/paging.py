"""Long lists in pages."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

PAGE_SIZE = 24
MOST_FOUND = 4 * PAGE_SIZE
"""Behind so many, hardly anything looks like what was asked for any more."""


def page_of(found: QuerySet[Any] | Sequence[Any], number: str | None) -> "Page[Any]":
    """The page of this number, or the nearest that there is."""
    return Paginator(found, PAGE_SIZE).get_page(number)


def paged(page: "Page[Any]") -> dict[str, Any]:
    """What `_pages.html` needs."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1)
    return {"page": page, "page_numbers": numbers}
