"""What is exported, as it streams from the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from ...embedders import Vectors
from ...models import EmbeddingSpace, ImageEmbedding
from ...queries import offered
from ...spaces.vectors import Packed, main_pictures, unpacked, with_vectors

CHUNK = 1000


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Some pictures: the keys of their products, names, positions, and unit vectors."""

    products: list[Any]
    names: list[str]
    positions: list[int]
    vectors: Vectors


def rows(
    space: EmbeddingSpace, *, visible: bool, main: bool
) -> QuerySet[ImageEmbedding, tuple[Any, ...]]:
    """Key of the product, name, position and packed vector, a product's first picture first."""
    found = main_pictures(space) if main else with_vectors(space)
    if visible:
        found = found.filter(image__product__in=offered().values("pk"))
    return found.values_list(
        "image__product_id", "image__name", "image__position", Packed("vector")
    )


def in_chunks(found: QuerySet[ImageEmbedding, tuple[Any, ...]]) -> Iterator[Chunk]:
    every = found.iterator(chunk_size=CHUNK)
    while some := list(islice(every, CHUNK)):
        products, names, positions, packed = zip(*some, strict=True)
        yield Chunk(
            products=list(products),
            names=list(names),
            positions=list(positions),
            vectors=unpacked(packed),
        )
