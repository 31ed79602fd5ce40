"""What an anonymous visitor did becomes the user's who they turn out to be."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import connections
from psycopg import sql

from .fail_safe import database, kept_from_the_page
from .models import InteractionRow

HAND_OVER = sql.SQL("""
    WITH gone AS (
        DELETE FROM {table} WHERE visitor = %s RETURNING product_id, kind, at
    )
    INSERT INTO {table} AS kept (user_id, product_id, kind, at)
    SELECT %s, product_id, kind, at FROM gone ORDER BY product_id, kind
    ON CONFLICT (user_id, product_id, kind) DO UPDATE SET at = GREATEST(kept.at, excluded.at)
""")


def hand_over(visitor: UUID, user: Any) -> bool:
    """Give the visitor's rows to `user`; of two for one product and kind the later stays.

    Whether it was done. One statement, so that what is noted at the same moment is neither
    lost nor in the way; in one order, so that two logins never wait for each other in a circle.
    """
    what = "What a visitor did was not handed to the user"
    return kept_from_the_page(what, partial(_hand_over, visitor, user), False)


def _hand_over(visitor: UUID, user: Any) -> bool:
    statement = HAND_OVER.format(table=sql.Identifier(InteractionRow._meta.db_table))
    with connections[database()].cursor() as cursor:
        cursor.execute(statement, [visitor, user.pk])
    return True
