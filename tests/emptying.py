"""Emptying the test database after a test that has committed.

Django's `flush` empties every table and makes all permissions anew, which takes ten times as
long and is most of what a short test costs.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand
from django.db import connections, transaction
from psycopg import sql

KEPT = (ContentType, Permission)
"""What migrations made, and no test changes."""

INDEXES = "SELECT indexname FROM pg_indexes WHERE indexname ~ '^vrs_space_[0-9]+_hnsw'"


def flush(_command: BaseCommand, *, database: str, **_options: Any) -> None:
    """In place of `handle` of the command: empty what is filled, drop the indexes of spaces."""
    with transaction.atomic(using=database), connections[database].cursor() as cursor:
        cursor.execute(_filled())
        tables = [sql.Identifier(name) for (name,) in cursor.fetchall()]
        # All of them are emptied, so no constraint need look from one to another.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in tables:
            cursor.execute(sql.SQL("DELETE FROM {}").format(table))
        cursor.execute(INDEXES)
        for (index,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))


def _filled() -> sql.Composed:
    """Asks for the tables with any row."""
    models = apps.get_models(include_auto_created=True)
    tables = [
        model._meta.db_table
        for model in models
        if model._meta.managed and not model._meta.proxy and model not in KEPT
    ]
    asked = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    return sql.SQL(" UNION ALL ").join(
        asked.format(table, sql.Identifier(table)) for table in tables
    )
