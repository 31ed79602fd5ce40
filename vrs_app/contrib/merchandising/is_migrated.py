"""Whether `migrate` made our tables: a deployment may start the processes before it runs."""

import logging
import time
from typing import Any

from .models import Hidden, Pin

logger = logging.getLogger(__name__)

LOOK_AGAIN = 5.0
"""Seconds between two looks, while a table is missing."""

_found: set[str] = set()
_looked: dict[str, float] = {}


def are_there(connection: Any) -> bool:
    """Whether they were there once; not asked again then, and one that goes is an error."""
    alias, now = connection.alias, time.monotonic()
    if alias in _found:
        return True
    if alias in _looked and now - _looked[alias] < LOOK_AGAIN:
        return False
    if _look(connection):
        _found.add(alias)
        return True
    _looked[alias] = now
    logger.warning("No pins and hides: run manage.py migrate vrs_merchandising")
    return False


def _look(connection: Any) -> bool:
    """Asking a table that is not there would end the caller's transaction."""
    names = [connection.ops.quote_name(model._meta.db_table) for model in (Pin, Hidden)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NOT NULL", names)
        return bool(cursor.fetchone()[0])
