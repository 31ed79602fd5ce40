"""Running database work so that its errors do not break the shop's page."""

import logging
import math
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.db import Error, router, transaction

from vrs_app.infra.transactions import SuppressErrors

from .models import InteractionRow

logger = logging.getLogger(__name__)

T = TypeVar("T")

QUIET_SECONDS = 300
"""Seconds in which an error is not logged again, since it may occur on every page."""

_logged: dict[tuple[str, type[BaseException]], float] = {}


def database() -> str:
    """The alias of the database of interactions, read there too: a replica may lag behind."""
    return router.db_for_write(InteractionRow)


def fail_safe(what: str, work: Callable[[], T], fallback: T) -> T:
    """What `work` returns; on a database error `fallback`, and `what` is logged with the error.

    It runs in a savepoint, which leaves the page's own transaction intact. An error by which that
    transaction is lost, and an order with it, is raised.
    """
    with SuppressErrors(partial(log_once, what), Error), transaction.atomic(using=database()):
        return work()
    return fallback


def log_once(what: str, error: Exception) -> None:
    """Log with traceback, at most once in QUIET_SECONDS for each kind of error and process."""
    kind = what, type(error.__cause__ or error)  # psycopg's class, to distinguish a missing table
    now = time.monotonic()
    if now - _logged.get(kind, -math.inf) >= QUIET_SECONDS:
        _logged[kind] = now
        logger.error("%s: %r", what, error, exc_info=error)
