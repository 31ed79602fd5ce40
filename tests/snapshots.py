"""Rows and files that are made once a run, and copied into each test that asks for them.

The rows wait in a schema of their own inside the test database, so that PostgreSQL copies
them by itself. A copy has keys of its own, as rows have that are made anew: no cache of an
earlier test knows anything of them. Its dates are as far from now as they were at first.
"""

import datetime
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, LiteralString

from django.apps import apps
from django.db import connection, models, transaction
from django.test import override_settings
from django.utils import timezone
from psycopg import sql

from vrs_app import spaces
from vrs_app.models import EmbeddingSpace

Model = type[models.Model]

HIGHEST_KEY = "SELECT max(last_value) FROM pg_sequences WHERE schemaname = 'public'"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The rows of some models, parents first, and the files in `media`, as of `taken`."""

    schema: str
    rows_of: tuple[Model, ...]
    media: Path
    taken: datetime.datetime

    @classmethod
    def take(cls, schema: str, media: Path, make: Callable[[], object]) -> "Snapshot":
        """What `make` adds to the database and writes to `media`; its rows are undone."""
        assert not connection.in_atomic_block, "A snapshot is taken before a test begins."
        with override_settings(MEDIA_ROOT=media), transaction.atomic():
            before = {model: _read("public", model) for model in _parents_first()}
            make()
            after = {model: _read("public", model) for model in before}
            transaction.set_rollback(True)
        rows = {model: after[model] for model in after if after[model] != before[model]}
        _execute("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}", schema=schema)
        for model, data in rows.items():
            _write(schema, model, data)
        return cls(schema=schema, rows_of=tuple(rows), media=media, taken=timezone.now())

    def restore(self, media: Path) -> int:
        """Copy the rows and the files to where a shop has them; by how much the keys grew."""
        shift, age = _one(HIGHEST_KEY) or 0, timezone.now() - self.taken
        with transaction.atomic(), connection.cursor() as cursor:
            for model in self.rows_of:
                cursor.execute(self._copy(model, shift, age))
                if _is_key(model._meta.pk):
                    cursor.execute(_count_on(model))
            # An index cannot be made while constraints wait to be checked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            for space in EmbeddingSpace.objects.all():
                spaces.create_index(space)
        if self.media.exists():
            shutil.copytree(self.media, media, dirs_exist_ok=True)
        return shift

    def _copy(self, model: Model, shift: int, age: datetime.timedelta) -> sql.Composed:
        columns = {field: _column(field) for field in model._meta.local_concrete_fields}
        values = []
        for field, column in columns.items():
            if _is_key(field):
                values.append(sql.SQL("{} + {}").format(column, shift))
            elif isinstance(field, models.DateTimeField):
                values.append(sql.SQL("{} + {}").format(column, age))
            else:
                values.append(sql.SQL("{}").format(column))
        return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
            _table("public", model),
            sql.SQL(", ").join(columns.values()),
            sql.SQL(", ").join(values),
            _table(self.schema, model),
        )


def _parents_first() -> list[Model]:
    """Every model with a table, after those that its foreign keys refer to."""
    every = apps.get_models(include_auto_created=True)
    parents = {
        model: {
            field.related_model
            for field in model._meta.local_concrete_fields
            if field.is_relation and field.related_model is not model
        }
        for model in every
        if model._meta.managed and not model._meta.proxy
    }
    return [model for model in TopologicalSorter(parents).static_order() if model in parents]


def _is_key(field: Any) -> bool:
    """Whether a column holds numbers that a sequence gave, its table's own or another's."""
    while field.is_relation:
        field = field.target_field
    return isinstance(field, models.AutoField | models.BigAutoField)


def _count_on(model: Model) -> sql.Composed:
    """Let the next row's key be the one after the highest."""
    table, column = model._meta.db_table, _column(model._meta.pk)
    return sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {}").format(
        table, model._meta.pk.column, column, sql.Identifier(table)
    )


def _read(schema: str, model: Model) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(_table(schema, model))
    with connection.cursor() as cursor, cursor.copy(statement) as rows:
        return b"".join(rows)


def _write(schema: str, model: Model, data: bytes) -> None:
    like, table = _table("public", model), _table(schema, model)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TABLE {} (LIKE {})").format(table, like))
        with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(table)) as rows:
            rows.write(data)


def _column(field: Any) -> sql.Identifier:
    return sql.Identifier(field.column)


def _table(schema: str, model: Model) -> sql.Identifier:
    return sql.Identifier(schema, model._meta.db_table)


def _execute(statement: LiteralString, **names: str) -> None:
    named = {key: sql.Identifier(name) for key, name in names.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**named))


def _one(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row and row[0]
