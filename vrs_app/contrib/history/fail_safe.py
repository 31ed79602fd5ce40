"""Where our rows are written, and how a fault of ours is kept from the shop's page."""

import logging
import math
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.db import Error, router, transaction

from vrs_app.infra.transactions import FaultsKept

from .models import InteractionRow

logger = logging.getLogger(__name__)

T = TypeVar("T")

QUIET_SECONDS = 300
"""For so long what was logged is not logged again: such a fault meets every page."""

_logged: dict[tuple[str, type[BaseException]], float] = {}


def database() -> str:
    """The alias of the database that is written; read there too, so that all works at once."""
    return router.db_for_write(InteractionRow)


def kept_from_the_page(what: str, work: Callable[[], T], otherwise: T) -> T:
    """What `work` answers; where the database fails, `otherwise` and, now and then, a log entry.

    In a savepoint, so that the page's own transaction stays whole; none can be had where the
    connection is gone, and then `work` does not begin. What the page loses with its
    transaction, such as an order, is not kept from it: that error is raised.
    """
    with FaultsKept(partial(_log, what), Error), transaction.atomic(using=database()):
        return work()
    return otherwise


def _log(what: str, error: Exception) -> None:
    """With its stack, once in a while for each kind in each process."""
    kind = what, type(error.__cause__ or error)  # a missing table, and not just any bad SQL
    now = time.monotonic()
    if now - _logged.get(kind, -math.inf) >= QUIET_SECONDS:
        _logged[kind] = now
        logger.error("%s: %r", what, error, exc_info=error)
