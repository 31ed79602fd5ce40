"""The core: the nearest pictures to a vector, of products that may be shown.

Private to this folder; every public question stands on it.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.models import BooleanField, F, Func, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast
from pgvector.django import CosineDistance

from ..catalogue import Picture
from ..conf import conf
from ..models import EmbeddingSpace, ImageEmbedding
from ..spaces import searchable

PICTURES_A_PRODUCT = 8
"""How many pictures of one product the first look allows for; a second look goes wider."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A vector, as PostgreSQL writes it, and the space that it lies in."""

    space_id: int
    dimensions: int
    vector: str


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    product_id: Any
    similarity: float
    picture: Picture


def main_vector(product: Model) -> Query | None:
    """The vector of the product's first picture that has one, in the active space."""
    # As text: the numbers only travel from PostgreSQL to PostgreSQL.
    row = (
        ImageEmbedding.objects.filter(
            ImageEmbedding.is_servable(),
            image__product=product.pk,
            space__state=EmbeddingSpace.State.ACTIVE,
        )
        .order_by("image__position", "image_id")
        .values("space_id", dimensions=F("space__dimensions"), text=Cast("vector", TextField()))
        .first()
    )
    if row is None:
        return None
    return Query(space_id=row["space_id"], dimensions=row["dimensions"], vector=row["text"])


def nearest(
    query: Query,
    products: QuerySet[Any],
    *,
    limit: int,
    threshold: float,
    exclude: Collection[Any],
    may_widen: bool = True,
) -> list[Neighbour]:
    """The `limit` nearest of `products`, each once with its best picture.

    Pictures are what is searched, so a product with many near ones takes many places: the
    look goes wider until enough products are found or no picture is left, if it `may_widen`.
    """
    pictures = pictures_by_distance(query, products, exclude)
    wanted = limit * PICTURES_A_PRODUCT
    with index_settings(pictures.db):
        while True:
            rows = list(pictures[:wanted])
            best = _best_of_each_product(rows)
            if len(best) >= limit or len(rows) < wanted or not may_widen:
                break
            wanted *= 4
    return [neighbour for neighbour in best[:limit] if neighbour.similarity >= threshold]


def _best_of_each_product(rows: Sequence[dict[str, Any]]) -> list[Neighbour]:
    """The nearest row of each product, nearest first; stale vectors are left out.

    Sorted again, because the index compares a little less precisely than it answers.
    """
    best: dict[Any, Neighbour] = {}
    for row in rows:
        if row["digest"] == row["image_digest"] and row["product_id"] not in best:
            best[row["product_id"]] = Neighbour(
                product_id=row["product_id"],
                similarity=1 - row["distance"],
                picture=Picture(name=row["name"], width=row["width"], height=row["height"]),
            )
    return sorted(best.values(), key=lambda neighbour: -neighbour.similarity)


def pictures_by_distance(
    query: Query, products: QuerySet[Any], exclude: Collection[Any]
) -> QuerySet[Any, Any]:
    """Pictures of `products` in the space of `query`, nearest first.

    Written so that the planner can take the space's index: the cast and the condition of
    the index, the space's id as a literal, and nothing behind the distance in ORDER BY. Both
    digests come along because comparing them here would mislead the planner: it takes two
    equal columns for a rarity and would rather sort the whole catalogue.
    """
    return (
        ImageEmbedding.objects.filter(
            _InSpace(F("space_id"), space_id=query.space_id),
            vector__isnull=False,
            image__product__in=products.values("pk"),
        )
        .exclude(image__product_id__in=exclude)
        .annotate(distance=CosineDistance(searchable(query.dimensions), Value(query.vector)))
        .order_by("distance")
        .values(
            "distance",
            "digest",
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


@contextmanager
def index_settings(using: str) -> Iterator[None]:
    """Let the index go on until the filters have their rows, and leave nothing behind.

    Without iterative scan a filter silently shortens the answer. What is set here is taken
    back by rolling back: in autocommit a transaction of our own, inside the caller's a
    savepoint. Nothing was written, so nothing is lost, and an error in the search leaves
    the caller's transaction whole.
    """
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute(
                "SET LOCAL hnsw.iterative_scan = strict_order;"
                f"SET LOCAL hnsw.ef_search = {int(conf.EF_SEARCH)}"
            )
        yield
        transaction.set_rollback(True, using=using)
