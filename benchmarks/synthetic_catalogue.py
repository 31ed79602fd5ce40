"""A synthetic catalogue: many products with a vector each, filled in seconds.

The vectors are a stand-in for a network's: see tests/vectors.py. Prices run from 1 to 1000,
so that `price <= 100` keeps 10% of the products; a category is a cluster of vectors.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

DIMENSIONS, PRICES, SEED = 2048, 1000, 0
BATCH = 5000


@dataclass(frozen=True, kw_only=True)
class SyntheticCatalogue:
    """The filled catalogue; row i of each array belongs to the i-th product."""

    keys: NDArray[np.int64]
    prices: NDArray[np.int64]
    categories: NDArray[np.int64]
    vectors: NDArray[np.float32]
    """(products, dimensions), unit length, rounded to half precision like the column."""

    def farthest_categories(self, row: int, count: int) -> list[int]:
        """Primary keys of the `count` categories least similar to the product in `row`."""
        keys, means = self._means
        return [int(key) for key in keys[np.argsort(means @ self.vectors[row])[:count]]]

    @cached_property
    def _means(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        keys = np.unique(self.categories)
        means = [self.vectors[self.categories == key].mean(axis=0) for key in keys]
        return keys, np.stack(means)


def fill(count: int) -> SyntheticCatalogue:
    """Fill the empty shop with `count` products, and build the index over their vectors."""
    from tests.vectors import CLUSTERS, clusters, realistic
    from vrs_app.embedders import unit_length

    vectors = unit_length(realistic(count, DIMENSIONS, SEED).astype(np.float16).astype("f4"))
    categories = _categories(CLUSTERS)[clusters(count, SEED)]
    prices = 1 + np.arange(count) % PRICES
    keys, images = _products(prices, categories)
    _embeddings(images, vectors)
    return SyntheticCatalogue(
        keys=np.array(keys), prices=prices, categories=categories, vectors=vectors
    )


def _categories(count: int) -> NDArray[np.int64]:
    from shop.models import Category

    made = Category.objects.bulk_create(
        Category(name=f"Cluster {number}", slug=f"cluster-{number}") for number in range(count)
    )
    return np.array([each.pk for each in made])


def _products(
    prices: NDArray[np.int64], categories: NDArray[np.int64]
) -> tuple[list[int], list[int]]:
    """Primary keys of the created products and of their image rows, one picture each."""
    from shop.models import Product
    from vrs_app.models import IndexedImage

    rows = enumerate(zip(prices.tolist(), categories.tolist(), strict=True))
    products = Product.objects.bulk_create(
        (
            Product(name=f"P{i}", slug=f"p-{i}", category_id=category, price=price)
            for i, (price, category) in rows
        ),
        batch_size=BATCH,
    )
    images = IndexedImage.objects.bulk_create(
        (
            IndexedImage(product=each, name=f"{row}.jpg", digest=_digest(row))
            for row, each in enumerate(products)
        ),
        batch_size=BATCH,
    )
    return [each.pk for each in products], [each.pk for each in images]


def _digest(row: int) -> str:
    """A stand-in for a SHA-256 digest; a vector is served while it equals its picture's."""
    return f"{row:064d}"


def _embeddings(images: Sequence[int], vectors: NDArray[np.float32]) -> None:
    """Create the active space, its vectors and its index; then VACUUM ANALYZE."""
    from django.db import connection

    from vrs_app import spaces
    from vrs_app.models import EmbeddingSpace

    space = EmbeddingSpace.objects.create(
        embedder="benchmarks", dimensions=DIMENSIONS, state=EmbeddingSpace.State.ACTIVE
    )
    _copy(space.pk, images, vectors)
    spaces.create_index(space)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _copy(space: int, images: Sequence[int], vectors: NDArray[np.float32]) -> None:
    """COPY the vectors, on its own connection: pgvector's types are registered on it."""
    import psycopg
    from pgvector import HalfVector
    from pgvector.psycopg import register_vector

    from vrs_app.models import ImageEmbedding

    constant = {"space_id": space, "state": "ready", "revision": 1, "attempts": 0}
    constant |= {"error_code": "", "error_detail": ""}
    columns = ", ".join((*constant, "image_id", "digest", "vector"))
    types = ["int8", "varchar", "int4", "int2", "varchar", "text", "int8", "varchar", "halfvec"]
    table = ImageEmbedding._meta.db_table
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        register_vector(connection)
        statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)".encode()
        with connection.cursor().copy(statement) as copy:
            copy.set_types(types)
            for row, (image, vector) in enumerate(zip(images, vectors, strict=True)):
                copy.write_row((*constant.values(), image, _digest(row), HalfVector(vector)))
