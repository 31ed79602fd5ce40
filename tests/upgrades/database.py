"""What a PostgreSQL database holds and how it is built, so that two can be compared."""

from typing import LiteralString

import psycopg
from psycopg import sql

Columns = dict[str, dict[str, str]]
"""The types of each table's columns, by their names."""

Rows = dict[str, list[tuple[object, ...]]]
"""The rows of each table, in the order of its first column."""

Schema = dict[str, set[tuple[object, ...]]]
"""What there is of each kind that SCHEMA asks for."""

COLUMNS: LiteralString = """
SELECT relname, array_agg(attname::text ORDER BY attnum), array_agg(typname::text ORDER BY attnum)
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_type ON pg_type.oid = atttypid
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
GROUP BY relname
"""

SCHEMA: dict[str, LiteralString] = {
    "columns": """
        SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
            attstorage, attcompression, pg_get_expr(adbin, adrelid)
        FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND attnum > 0 AND NOT attisdropped
    """,
    # PostgreSQL 18 counts NOT NULL among them, which is told with the column.
    "constraints": """
        SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    """,
    # That of a space is made with the space's row, by no migration.
    "indexes": r"""
        SELECT pg_get_indexdef(indexrelid), indisvalid
        FROM pg_index
        JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'vrs\_space\_%'
    """,
    "sequences": """
        SELECT sequencename, data_type::text, start_value, increment_by, cycle
        FROM pg_sequences
        WHERE schemaname = 'public'
    """,
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": """
        SELECT pg_get_functiondef(oid)
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS
            (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    """,
}


def columns_in(held: psycopg.Connection) -> Columns:
    return {
        table: dict(zip(names, types, strict=True))
        for table, names, types in held.execute(COLUMNS).fetchall()
    }


def rows_in(held: psycopg.Connection, columns: Columns) -> Rows:
    """What these columns hold; of vectors the bytes."""
    return {table: _rows(held, table, types) for table, types in columns.items()}


def _rows(held: psycopg.Connection, table: str, types: dict[str, str]) -> list[tuple[object, ...]]:
    whole, packed = sql.SQL("{}"), sql.SQL("halfvec_send({})")
    selected = [
        (packed if kind == "halfvec" else whole).format(sql.Identifier(name))
        for name, kind in types.items()
    ]
    statement = sql.SQL("SELECT {} FROM {} ORDER BY 1")
    composed = statement.format(sql.SQL(", ").join(selected), sql.Identifier(table))
    return held.execute(composed).fetchall()


def schema_of(held: psycopg.Connection) -> Schema:
    return {kind: set(held.execute(statement).fetchall()) for kind, statement in SCHEMA.items()}
