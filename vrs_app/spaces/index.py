"""The HNSW index of one space: create, rebuild, drop."""

from typing import Any, LiteralString

from django.db import OperationalError, connections
from django.db.models import F
from django.db.models.functions import Cast
from pgvector.django import HalfVectorField
from psycopg import sql
from psycopg.errors import DeadlockDetected

from ..exceptions import SpaceRefused
from ..infra.db import database
from ..models import EmbeddingSpace, ImageEmbedding

NOTHING, CONCURRENTLY = sql.SQL(""), sql.SQL("CONCURRENTLY")

CREATE: LiteralString = (
    "CREATE INDEX {how} IF NOT EXISTS {name} ON {table} USING hnsw "
    "((vector::halfvec({dimensions})) halfvec_cosine_ops) "
    "WHERE space_id = {space} AND vector IS NOT NULL"
)


def searchable(dimensions: int) -> Cast:
    """The vector column cast as in the index of a space; any other cast gets no index scan."""
    return Cast(F("vector"), HalfVectorField(dimensions=dimensions))


def index_name(space: EmbeddingSpace) -> str:
    return f"vrs_space_{space.pk}_hnsw"


def create_index(space: EmbeddingSpace) -> None:
    """Create the HNSW index of an empty space; it grows with the rows.

    Partial and by expression, so that spaces of different dimensions share a column. Locks the
    table against writes: for a space with rows, use `rebuild_index`. An index of the same name,
    left by a restored backup, is dropped first.
    """
    _execute("DROP INDEX IF EXISTS {name}", space)
    _execute(CREATE, space)


def rebuild_index(space: EmbeddingSpace) -> None:
    """Build or rebuild the index concurrently; pages and workers are not blocked.

    Outside of transactions only. Interrupted, it leaves the former index or an invalid one, and
    can be retried. Raises SpaceRefused while another process builds an index.
    """
    _require_no_other_build(space)
    _drop_leftovers(space)
    if _scalar("SELECT to_regclass(quote_ident(%s))", index_name(space)) is None:
        _execute(CREATE, space, how=CONCURRENTLY)
    else:
        _execute("REINDEX INDEX CONCURRENTLY {name}", space)


def drop_index(space: EmbeddingSpace) -> None:
    """Drop the index concurrently; outside of transactions only.

    Raises SpaceRefused while another process builds an index.
    """
    _require_no_other_build(space)
    _drop_leftovers(space)
    _execute("DROP INDEX CONCURRENTLY IF EXISTS {name}", space)


def has_valid_index(space: EmbeddingSpace) -> bool:
    return bool(
        _scalar(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(quote_ident(%s))",
            index_name(space),
        )
    )


def index_bytes(space: EmbeddingSpace) -> int:
    return _scalar("SELECT pg_relation_size(to_regclass(quote_ident(%s)))", index_name(space)) or 0


def _require_no_other_build(space: EmbeddingSpace) -> None:
    """Of two concurrent builds on one table PostgreSQL aborts one, perhaps after hours."""
    if _scalar(
        "SELECT 1 FROM pg_stat_progress_create_index WHERE relid = to_regclass(quote_ident(%s))",
        ImageEmbedding._meta.db_table,
    ):
        raise _refused(space)


def _refused(space: EmbeddingSpace) -> SpaceRefused:
    return SpaceRefused(
        f"Another process builds an index beside {index_name(space)} at this moment. "
        "Run this again when it is done."
    )


def _drop_leftovers(space: EmbeddingSpace) -> None:
    """Drop the invalid indexes of an interrupted REINDEX CONCURRENTLY."""
    leftover = f"{index_name(space)}_cc(new|old)[0-9]*"
    with connections[database()].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE "
            "indrelid = to_regclass(quote_ident(%s)) AND NOT indisvalid AND relname ~ %s",
            [ImageEmbedding._meta.db_table, f"^{leftover}$"],
        )
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        _execute("DROP INDEX CONCURRENTLY IF EXISTS {leftover}", space, leftover=name)


def _execute(
    statement: LiteralString,
    space: EmbeddingSpace,
    *,
    how: sql.SQL = NOTHING,
    leftover: str = "",
) -> None:
    composed = sql.SQL(statement).format(
        how=how,
        name=sql.Identifier(index_name(space)),
        leftover=sql.Identifier(leftover),
        table=sql.Identifier(ImageEmbedding._meta.db_table),
        dimensions=sql.Literal(space.dimensions),
        space=sql.Literal(space.pk),
    )
    try:
        with connections[database()].cursor() as cursor:
            cursor.execute(composed)
    except OperationalError as error:
        if isinstance(error.__cause__, DeadlockDetected):  # it began in the same moment
            raise _refused(space) from error
        raise


def _scalar(statement: str, *parameters: str) -> Any:
    with connections[database()].cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return row[0] if row else None
