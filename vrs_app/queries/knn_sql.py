"""The nearest-neighbour query in SQL: pictures by cosine distance, filters inside."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    F,
    Func,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from pgvector.django import CosineDistance

from ..conf import Settings, conf
from ..infra.transactions import rolled_back, sent_with_settings, set_locally
from ..models import ImageEmbedding
from ..spaces import searchable
from ..spaces.vectors import HalfvecBytes, QueryVector, StoredVector, with_vectors

DEPTH_A_ROW = 10
"""`hnsw.ef_search` for each row of LIMIT; `EF_SEARCH` at least."""

MIN_ROWS = 24
"""The smallest LIMIT: what a carousel of twelve over-fetches."""

MAX_SCAN_TUPLES = 2**31 - 1
"""The largest value that PostgreSQL takes for a setting."""


SMALL_TABLE = 64 * 1024
"""Bytes of the embeddings' table without its vectors, some 400 rows, up to which it is small."""


def stored_vector(product: Model, using: str | None = None) -> StoredVector | None:
    """The vector of the product's main picture in the active space; None where it has none."""
    row = stored_vectors(product, using).first()
    return vector_of(row) if row else None


def stored_vectors(product: Model, using: str | None = None) -> QuerySet[Any, Any]:
    """The rows of `vector_of` for the product's pictures, the main one first."""
    return (
        with_vectors()
        .using(using)
        .filter(image__product=product.pk)
        .values(
            "space_id",
            dimensions=F("space__dimensions"),
            embedding_id=F("pk"),
            table_bytes=_TableBytes(Value(ImageEmbedding._meta.db_table)),
        )
    )


def vector_of(row: Mapping[str, Any]) -> StoredVector:
    return StoredVector(
        space_id=row["space_id"],
        dimensions=row["dimensions"],
        embedding_id=row["embedding_id"],
        in_small_table=row["table_bytes"] <= SMALL_TABLE,
    )


class _TableBytes(Func):
    """The size of a table's file, which PostgreSQL knows without reading it."""

    template = "pg_relation_size(quote_ident(%(expressions)s)::regclass)"
    output_field = BigIntegerField()


def pictures_by_distance(
    vector: QueryVector, products: QuerySet[Any], exclude: Collection[Any]
) -> QuerySet[Any, Any]:
    """Pictures of `products` in the space of `vector`, nearest first; `distance` is 1 - cosine.

    The planner can take the space's HNSW index: the cast and the condition of the index, the
    space's id as a literal, nothing behind the distance in ORDER BY. The two digests are
    compared in Python: the planner underestimates rows with two equal columns, and would sort
    the whole catalogue. `image_digest` is None for a picture that a save withheld.
    """
    return (
        ImageEmbedding.objects.using(products.db)
        .filter(
            _InSpace(F("space_id"), space_id=vector.space_id),
            vector__isnull=False,
            image__product__in=products.values("pk"),
        )
        .exclude(image__product_id__in=exclude)
        .annotate(distance=CosineDistance(searchable(vector.dimensions), vector.operand))
        .order_by("distance")
        .values(
            "pk",
            "distance",
            "digest",
            # A subquery is evaluated after LIMIT, for the rows that are returned.
            packed=Subquery(
                ImageEmbedding.objects.filter(pk=OuterRef("pk")).values(
                    packed=HalfvecBytes("vector")
                )
            ),
            image_digest=Case(When(image__withheld_at=None, then=F("image__digest"))),
            product_id=F("image__product_id"),
            name=F("image__name"),
            width=F("image__width"),
            height=F("image__height"),
        )
    )


def with_distance(pictures: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    """The rows of `pictures`; none where the vector searched for was deleted a moment ago."""
    return [row for row in pictures if row["distance"] is not None]


class _InSpace(Func):
    """`space_id = 7`, never `space_id = $1`: only a literal matches a partial index."""

    template = "%(expressions)s = %(space_id)d"
    output_field = BooleanField()


def exact_scan(pictures: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The same query as an exact scan: no index has this ORDER BY."""
    return pictures.order_by(F("distance") + 0)


def settings_for(rows: int) -> dict[str, object]:
    """pgvector's and the planner's settings for LIMIT `rows`.

    An HNSW scan returns the `ef_search` nearest pictures; those that pass the filters are the
    right answer, or its beginning. An iterative scan goes on from there, but far from its entry
    its recall falls: 0.02 with a filter that keeps only what looks different
    (benchmarks/queries.py). So it is on only where LIMIT exceeds `ef_search`, and a caller that
    gets too few rows runs `exact_scan`.

    The planner underestimates the cost of a distance (vectors are TOASTed) and overestimates
    random pages; without these settings it would read and sort all vectors.
    """
    most = Settings.EF_SEARCH.maximum or 0
    depth = int(min(most, max(conf.EF_SEARCH, rows * DEPTH_A_ROW)))
    return {
        "hnsw.iterative_scan": "off" if rows <= depth else "strict_order",
        "hnsw.ef_search": depth,
        "hnsw.max_scan_tuples": min(max(depth, rows), MAX_SCAN_TUPLES),
        "random_page_cost": 1.1,
        "max_parallel_workers_per_gather": 0,
    }


@contextmanager
def index_settings(using: str, *, rows: int = MIN_ROWS) -> Iterator[None]:
    """Set `settings_for` LIMIT `rows` for several statements, inside this block alone.

    The settings are reverted by a rollback: of a transaction of our own in autocommit, of a
    savepoint inside the caller's. Nothing was written, so nothing is lost, and an error in the
    search leaves the caller's transaction usable. For a single query `nearest_rows` is cheaper.
    """
    with rolled_back(using):
        set_locally(using, settings_for(rows))
        yield


def nearest_rows(pictures: QuerySet[Any, Any], count: int) -> list[dict[str, Any]]:
    """The `count` nearest of `pictures` by the index, with its settings, in one round trip."""
    with sent_with_settings(pictures.db, settings_for(count)):
        return with_distance(pictures[:count])


def exact_rows(pictures: QuerySet[Any, Any], count: int) -> list[dict[str, Any]]:
    """The `count` nearest of `pictures` by an exact scan, with the planner's settings."""
    with sent_with_settings(pictures.db, settings_for(count)):
        return with_distance(exact_scan(pictures)[:count])


def small_exact_rows(pictures: QuerySet[Any, Any], count: int) -> list[dict[str, Any]]:
    """As `exact_rows`, in a small table, where no setting matters."""
    return with_distance(exact_scan(pictures)[:count])
