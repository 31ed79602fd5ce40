"""Whether the tables of this app exist: a deployment may start processes before `migrate`."""

import logging
import time
from typing import Any

from .models import Hidden, Pin

logger = logging.getLogger(__name__)

RECHECK_SECONDS = 5.0
"""Seconds after which it is checked again, while a table is missing."""

_migrated: set[str] = set()
"""Aliases of the databases in which the tables were found."""
_checked_at: dict[str, float] = {}
"""When they were last missing, by alias; monotonic seconds."""


def tables_exist(connection: Any) -> bool:
    """Whether the tables exist in this database; cached once they do."""
    alias, now = connection.alias, time.monotonic()
    if alias in _migrated:
        return True
    if alias in _checked_at and now - _checked_at[alias] < RECHECK_SECONDS:
        return False
    if _query(connection):
        _migrated.add(alias)
        return True
    _checked_at[alias] = now
    logger.warning("No pins and hides: run manage.py migrate vrs_merchandising")
    return False


def _query(connection: Any) -> bool:
    """By `to_regclass`: selecting from a missing table would abort the caller's transaction."""
    names = [connection.ops.quote_name(model._meta.db_table) for model in (Pin, Hidden)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL AND to_regclass(%s) IS NOT NULL", names)
        return bool(cursor.fetchone()[0])
