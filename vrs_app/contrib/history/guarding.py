"""Where our rows are written, and how a fault of ours is kept from the shop's page."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, router, transaction

from .models import InteractionRow

logger = logging.getLogger(__name__)


def database() -> str:
    """The alias of the database that is written; read there too, so that all works at once."""
    return router.db_for_write(InteractionRow)


@contextmanager
def kept_from_the_page(what: str) -> Iterator[None]:
    """A savepoint, so that a database error costs `what` and one line in the log."""
    try:
        with transaction.atomic(using=database()):
            yield
    except Error as error:
        logger.error("%s: %r", what, error)
