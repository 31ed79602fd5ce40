"""Streaming the exported rows from the database in batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from ...embedders import Vectors
from ...models import EmbeddingSpace, ImageEmbedding
from ...queries import offered
from ...spaces.vectors import HalfvecBytes, main_pictures, vectors_of, with_vectors

ROWS_A_BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some pictures: keys of their products, storage names, positions, and unit vectors."""

    products: list[Any]
    names: list[str]
    positions: list[int]
    vectors: Vectors


def exported_rows(
    space: EmbeddingSpace, *, visible: bool, main: bool
) -> QuerySet[ImageEmbedding, tuple[Any, ...]]:
    """Tuples of product key, storage name, position and packed vector, by product and position."""
    found = main_pictures(space) if main else with_vectors(space)
    if visible:
        found = found.filter(image__product__in=offered().values("pk"))
    return found.values_list(
        "image__product_id", "image__name", "image__position", HalfvecBytes("vector")
    )


def batches(rows: QuerySet[ImageEmbedding, tuple[Any, ...]]) -> Iterator[Batch]:
    """The `rows` of `exported_rows` in batches of ROWS_A_BATCH."""
    every = rows.iterator(chunk_size=ROWS_A_BATCH)
    while some := list(islice(every, ROWS_A_BATCH)):
        products, names, positions, packed = zip(*some, strict=True)
        yield Batch(
            products=list(products),
            names=list(names),
            positions=list(positions),
            vectors=vectors_of(packed),
        )
