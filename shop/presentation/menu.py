"""The menu of categories, on every page."""

import logging

from django.db import DatabaseError, transaction

from vrs_app.infra.transactions import SuppressErrors

from ..models import Category

logger = logging.getLogger(__name__)


def menu_categories() -> list[Category]:
    """Categories with a product on sale; empty after a database error."""
    # A savepoint: a failed query must not abort the page's own transaction.
    with SuppressErrors(_log, DatabaseError), transaction.atomic():
        return list(Category.objects.offered())
    return []


def _log(error: Exception) -> None:
    logger.warning("The categories could not be read.", exc_info=error)
