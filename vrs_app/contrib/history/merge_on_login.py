"""Merging an anonymous visitor's interactions into the user's when they log in."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.signals import user_logged_in
from django.db import connections
from django.http import HttpRequest
from psycopg import sql

from .fail_safe import database, fail_safe
from .models import InteractionRow
from .shopper import SESSION_KEY, visitor_in

# Ordered, so that two logins lock rows in the same order and cannot deadlock.
MERGE = sql.SQL("""
    WITH gone AS (
        DELETE FROM {table} WHERE visitor = %s RETURNING product_id, kind, at
    )
    INSERT INTO {table} AS kept (user_id, product_id, kind, at)
    SELECT %s, product_id, kind, at FROM gone ORDER BY product_id, kind
    ON CONFLICT (user_id, product_id, kind) DO UPDATE SET at = GREATEST(kept.at, excluded.at)
""")


def connect() -> None:
    """Connect the receiver of `user_logged_in`."""
    user_logged_in.connect(on_login, dispatch_uid="vrs_history")


def on_login(request: HttpRequest | None = None, user: Any = None, **_: Any) -> None:
    """Merge the interactions of the session's visitor into those of `user`.

    Removes the visitor's id from the session, so that after a logout a new visitor begins; on a
    database error the id stays, and the next login tries again.
    """
    session = getattr(request, "session", None)
    visitor = visitor_in(session)
    if visitor is None or session is None or user is None:
        return
    if merge_visitor(visitor, user):
        del session[SESSION_KEY]


def merge_visitor(visitor: UUID, user: Any) -> bool:
    """Assign the visitor's rows to `user`; returns whether it was done.

    Of two rows for one product and kind the later time stays. One statement, which has no race
    with an interaction that is recorded meanwhile. A database error is logged.
    """
    what = "A visitor's interactions were not merged into the user's"
    return fail_safe(what, partial(_merge, visitor, user), False)


def _merge(visitor: UUID, user: Any) -> bool:
    statement = MERGE.format(table=sql.Identifier(InteractionRow._meta.db_table))
    with connections[database()].cursor() as cursor:
        cursor.execute(statement, [visitor, user.pk])
    return True
