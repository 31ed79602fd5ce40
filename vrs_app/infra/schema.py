"""What the migrations make beyond Django's own: cascading foreign keys, and the outbox's function.

`ensure` runs in a migration and after every `migrate`. So it also serves a test database that
is made without migrations, and mends a foreign key that Django drops when a migration of the
shop changes the type of its products' key.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.apps.registry import Apps
from django.db import DatabaseError, connections, router, transaction
from django.db.migrations.loader import MigrationLoader

from .log import EventLog

log = EventLog(__name__)

APP = "vrs_app"


class Cascade(NamedTuple):
    """A foreign key with ON DELETE CASCADE, for a field with `db_constraint=False`."""

    model: str
    field: str
    constraint: str


CASCADES = (
    Cascade("IndexedImage", "product", "vrs_picture_goes_with_its_product"),
    Cascade("ImageEmbedding", "image", "vrs_goes_with_its_image"),
    Cascade("ProductText", "product", "vrs_goes_with_its_product"),
)

# Of several products the first is '': that row names the row that was saved, for a worker that
# looks its products up again; all others name a product alone.
# The lock timeout is below PostgreSQL's `deadlock_timeout` (1 s), so that in a deadlock this
# side gives up. Two blocks: a picture that cannot be withheld in time is noted all the same.
# What most saves need stands first, since each block is a subtransaction.
FUNCTION_SQL = """
CREATE OR REPLACE FUNCTION vrs_append_change(
    in_model text, in_key text, in_products text[], in_replaced text[], in_overwritten text[]
) RETURNS text LANGUAGE plpgsql SET lock_timeout = '500ms' AS $function$
DECLARE
    problem text;
BEGIN
    BEGIN
        IF cardinality(in_products) = 1 THEN
            INSERT INTO vrs_app_change (model, key, product, noted_at)
            VALUES (in_model, in_key, in_products[1], clock_timestamp());
        ELSE
            INSERT INTO vrs_app_change (model, key, product, noted_at)
            SELECT
                CASE product WHEN '' THEN in_model ELSE '' END,
                CASE product WHEN '' THEN in_key ELSE '' END,
                product,
                clock_timestamp()
            FROM unnest(in_products) WITH ORDINALITY AS each (product, place)
            ORDER BY place;
        END IF;
    EXCEPTION WHEN OTHERS OR query_canceled THEN
        problem := SQLERRM;
    END;
    IF cardinality(in_replaced) = 0 AND cardinality(in_overwritten) = 0 THEN
        RETURN problem;
    END IF;
    BEGIN
        UPDATE vrs_app_indexedimage SET withheld_at = clock_timestamp()
        WHERE name = ANY (in_replaced) AND product_id::text = ANY (in_products);
        UPDATE vrs_app_indexedimage
        SET revision = revision + 1, digest = '', width = NULL, height = NULL, colours = '{}'
        WHERE name = ANY (in_overwritten);
    EXCEPTION WHEN OTHERS OR query_canceled THEN
        problem := coalesce(problem || '; ', 'not withheld: ') || SQLERRM;
    END;
    RETURN problem;
END
$function$
"""

DROP_FUNCTION_SQL = "DROP FUNCTION IF EXISTS vrs_append_change(text, text, text[], text[], text[])"

EXISTS_SQL = """
    SELECT has_function_privilege(
        to_regprocedure('vrs_append_change(text, text, text[], text[], text[])'), 'EXECUTE'
    ) IS TRUE AND to_regclass('vrs_app_change') IS NOT NULL
"""

SOURCE_SQL = """
    SELECT prosrc FROM pg_proc
    WHERE oid = to_regprocedure('vrs_append_change(text, text, text[], text[], text[])')
"""

CONSTRAINTS_SQL = """
    SELECT conname, condeferred FROM pg_constraint
    WHERE contype = 'f' AND conname = ANY (%s) AND conrelid = ANY (
        SELECT to_regclass(each) FROM unnest(%s::text[]) AS each
    )
"""


def function_exists(using: str) -> bool:
    """Whether the outbox and its function are there, and may be used; raises no error."""
    with connections[using].cursor() as cursor:
        cursor.execute(EXISTS_SQL)
        return bool(cursor.fetchone()[0])


def ensure(using: str, apps: Apps, execute: Callable[[str], Any]) -> None:
    """Create what is missing of the cascades and the function; `apps` has the models' state.

    Rows that a missing cascade left behind are deleted.
    """
    found = _constraints(using, apps)
    for cascade in CASCADES:
        if cascade.constraint not in found:
            execute(_sql(ORPHANS_SQL, using, apps, cascade))
            execute(_sql(ADD_SQL, using, apps, cascade))
        elif not found[cascade.constraint]:
            execute(_sql(DEFER_SQL, using, apps, cascade))
    if not _is_latest(using):
        execute(FUNCTION_SQL)


def _is_latest(using: str) -> bool:
    """Whether the function is there as this version makes it."""
    with connections[using].cursor() as cursor:
        cursor.execute(SOURCE_SQL)
        row = cursor.fetchone()
    return row is not None and row[0] in FUNCTION_SQL


def undo(using: str, apps: Apps, execute: Callable[[str], Any]) -> None:
    """The inverse of `ensure` in the migration that first called it."""
    execute(DROP_FUNCTION_SQL)
    execute(_sql(DROP_SQL, using, apps, CASCADES[0]))


def enable_vector_without_migrations(using: str, **kwargs: Any) -> None:
    """pre_migrate: enable pgvector where tables are made without our migrations.

    As by `pytest --no-migrations`; else the first migration does it.
    """
    has_migrations = MigrationLoader.migrations_module(APP)[0] is not None
    if not has_migrations and _is_ours(using):
        with connections[using].cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")


def ensure_after_migrate(using: str, apps: Apps | None = None, **kwargs: Any) -> None:
    """post_migrate: call `ensure` where our tables are; its errors are logged.

    `flush` sends the signal too, with no `apps`: it changes no table.
    """
    if apps is None or not _is_ours(using):
        return
    try:
        if _is_migrated(using):
            with transaction.atomic(using=using), connections[using].cursor() as cursor:
                ensure(using, apps, cursor.execute)
    except DatabaseError as error:
        log.error("schema_not_ensured", error=error)


def _is_ours(using: str) -> bool:
    """Whether our tables belong into this database."""
    return connections[using].vendor == "postgresql" and router.allow_migrate(using, APP)


def _is_migrated(using: str) -> bool:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('vrs_app_change') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def _constraints(using: str, apps: Apps) -> dict[str, bool]:
    """The cascades that are there, by name; whether they are deferred."""
    connection = connections[using]
    names = [cascade.constraint for cascade in CASCADES]
    tables = [
        connection.ops.quote_name(apps.get_model(APP, cascade.model)._meta.db_table)
        for cascade in CASCADES
    ]
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS_SQL, [names, tables])
        return dict(cursor.fetchall())


ORPHANS_SQL = (
    "DELETE FROM {table} WHERE NOT EXISTS "
    "(SELECT FROM {target} WHERE {target}.{target_column} = {table}.{column})"
)
ADD_SQL = (
    "ALTER TABLE {table} ADD CONSTRAINT {constraint} FOREIGN KEY ({column}) "
    "REFERENCES {target} ({target_column}) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
)
DROP_SQL = "ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint}"
DEFER_SQL = "ALTER TABLE {table} ALTER CONSTRAINT {constraint} DEFERRABLE INITIALLY DEFERRED"


def _sql(statement: str, using: str, apps: Apps, cascade: Cascade) -> str:
    model = apps.get_model(APP, cascade.model)
    field: Any = model._meta.get_field(cascade.field)
    names = {
        "table": model._meta.db_table,
        "constraint": cascade.constraint,
        "column": field.column,
        "target": field.remote_field.model._meta.db_table,
        "target_column": field.target_field.column,
    }
    quote = connections[using].ops.quote_name
    quoted = {key: quote(name) for key, name in names.items()}
    return statement.format(**quoted)
