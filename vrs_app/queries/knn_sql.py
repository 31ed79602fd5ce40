"""The one question in SQL: the pictures nearest to a vector, of products that may be shown."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import (
    BooleanField,
    F,
    Func,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from pgvector.django import CosineDistance

from ..conf import Settings, conf
from ..infra.locks import set_locally
from ..infra.transactions import taken_back
from ..models import ImageEmbedding
from ..spaces import searchable
from ..spaces.vectors import Packed, SpaceVector, with_vectors

DEPTH_A_ROW = 10
"""Pictures that the index looks at for each row that is wanted, `EF_SEARCH` at least."""

ROWS = 24
"""What a carousel of twelve wants, and every answer at least."""


MOST_TUPLES = 2**31 - 1
"""The largest number that PostgreSQL takes for a setting."""


def main_vector(product: Model, using: str | None = None) -> SpaceVector | None:
    """The vector of the product's first picture that has one, in the active space."""
    # As text: the numbers only travel from PostgreSQL to PostgreSQL.
    row = (
        with_vectors()
        .using(using)
        .filter(image__product=product.pk)
        .values("space_id", dimensions=F("space__dimensions"), text=Cast("vector", TextField()))
        .first()
    )
    if row is None:
        return None
    return SpaceVector(space_id=row["space_id"], dimensions=row["dimensions"], vector=row["text"])


def pictures_by_distance(
    query: SpaceVector, products: QuerySet[Any], exclude: Collection[Any]
) -> QuerySet[Any, Any]:
    """Pictures of `products` in the space of `query`, nearest first.

    Written so that the planner can take the space's index: the cast and the condition of
    the index, the space's id as a literal, and nothing behind the distance in ORDER BY. Both
    digests come along because comparing them here would mislead the planner: it takes two
    equal columns for a rarity and would rather sort the whole catalogue.
    """
    return (
        ImageEmbedding.objects.using(products.db)
        .filter(
            _InSpace(F("space_id"), space_id=query.space_id),
            vector__isnull=False,
            image__product__in=products.values("pk"),
        )
        .exclude(image__product_id__in=exclude)
        .annotate(distance=CosineDistance(searchable(query.dimensions), Value(query.vector)))
        .order_by("distance")
        .values(
            "pk",
            "distance",
            "digest",
            # A subquery, which PostgreSQL answers for the rows that are left after sorting.
            packed=Subquery(
                ImageEmbedding.objects.filter(pk=OuterRef("pk")).values(packed=Packed("vector"))
            ),
            image_digest=F("image__digest"),
            product_id=F("image__product_id"),
            name=F("image__name"),
            width=F("image__width"),
            height=F("image__height"),
        )
    )


class _InSpace(Func):
    """`space_id = 7`, never `space_id = $1`: a partial index is taken for literals only."""

    template = "%(expressions)s = %(space_id)d"
    output_field = BooleanField()


def exactly(pictures: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The same pictures in the same order, every vector compared: no index has this order."""
    return pictures.order_by(F("distance") + 0)


@contextmanager
def index_settings(using: str, *, rows: int = ROWS) -> Iterator[None]:
    """Look deep enough into the index for so many rows, and leave nothing behind.

    An HNSW index knows the `ef_search` pictures nearest to the vector; those of them that
    pass the filters are the right answer, or its beginning. Going on from there (iterative
    scan) it finds rows, but far from where it entered no longer the nearest: with a filter
    that keeps only what looks different, 2 right ones in 100 (benchmarks/queries.py). So it
    goes on only for more rows than it can look at, and whoever gets too few asks `exactly`.

    The planner takes a distance for free, though each vector is read from beside its row, and
    pages for slow to find: it would rather read and sort all vectors, in parallel too.

    What is set here is taken back by rolling back: in autocommit a transaction of our own,
    inside the caller's a savepoint. Nothing was written, so nothing is lost, and an error in
    the search leaves the caller's transaction whole.
    """
    most = Settings.EF_SEARCH.maximum or 0
    depth = int(min(most, max(conf.EF_SEARCH, rows * DEPTH_A_ROW)))
    scan = "off" if rows <= depth else "strict_order"
    with taken_back(using):
        set_locally(
            using,
            {
                "hnsw.iterative_scan": scan,
                "hnsw.ef_search": depth,
                "hnsw.max_scan_tuples": min(max(depth, rows), MOST_TUPLES),
                "random_page_cost": 1.1,
                "max_parallel_workers_per_gather": 0,
            },
        )
        yield
