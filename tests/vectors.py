"""Many products with vectors like a network's, without embedding a single picture.

Vectors are the ReLU of a random projection of clustered points of few dimensions: they have
the low intrinsic dimension and the clusters of real ones, which uniform noise has not.
"""

import json
from collections.abc import Sequence

import numpy as np
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast
from numpy.typing import NDArray
from pgvector import HalfVector
from pgvector.psycopg.halfvec import register_halfvec_info
from psycopg.types import TypeInfo

from shop.models import Category, Product
from vrs_app import spaces
from vrs_app.embedders import Vectors, unit_length
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage

CLUSTERS, INTRINSIC, SPREAD = 50, 32, 0.4


def stored(row: ImageEmbedding) -> Vectors:
    """The vector of `row` as PostgreSQL writes it; what the field reads differs by pgvector's."""
    written = Cast("vector", TextField())
    (text,) = ImageEmbedding.objects.filter(pk=row.pk).values_list(written, flat=True)
    return np.array(json.loads(text), dtype=np.float32)


def fill(count: int, *, category: Category, prefix: str = "P", seed: int = 0) -> None:
    """Add `count` products at prices from 1 to 100, each with a vector in the active space."""
    space = spaces.active()
    assert space is not None
    products = Product.objects.bulk_create(
        Product(
            name=f"{prefix}{i}",
            slug=f"{prefix}-{i}",
            category=category,
            price=1 + i % 100,
            stock=1,
        )
        for i in range(count)
    )
    images = IndexedImage.objects.bulk_create(
        IndexedImage(product=each, name=f"products/{each.pk}.jpg", digest=f"{each.pk:064d}")
        for each in products
    )
    vectors = realistic(count, space.dimensions, seed)
    # An index is built faster than it grows, but not while a constraint waits to be checked.
    _execute("SET CONSTRAINTS ALL IMMEDIATE", f"DROP INDEX {spaces.index_name(space)}")
    _copy(space, images, vectors)
    spaces.create_index(space)
    _execute("ANALYZE")  # after this the planner knows how much there is


def _copy(space: EmbeddingSpace, images: Sequence[IndexedImage], vectors: Vectors) -> None:
    """In the form in which pgvector keeps them: as text they take ten times as long."""
    constant = {"space_id": space.pk, "state": "ready", "revision": 1, "attempts": 0}
    constant |= {"error_code": "", "error_detail": ""}
    columns = [*constant, "image_id", "digest", "vector"]
    types = ["int8", "varchar", "int4", "int2", "varchar", "text", "int8", "varchar", "halfvec"]
    statement = f"COPY vrs_app_imageembedding ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor:
        halfvec = TypeInfo.fetch(connection.connection, "halfvec")
        assert halfvec is not None
        register_halfvec_info(cursor.cursor, halfvec)  # for this cursor: Django's know text alone
        with cursor.copy(statement) as copy:
            copy.set_types(types)
            for image, vector in zip(images, vectors, strict=True):
                row = (*constant.values(), image.pk, image.digest, HalfVector(vector))
                copy.write_row(row)


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def realistic(count: int, dimensions: int, seed: int) -> Vectors:
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(CLUSTERS, INTRINSIC))
    points = centres[chance.integers(0, CLUSTERS, count)]
    points = points + SPREAD * chance.normal(size=points.shape)
    vectors = np.maximum(points @ chance.normal(size=(INTRINSIC, dimensions)), 0)
    return unit_length(vectors)


def clusters(count: int, seed: int) -> NDArray[np.int64]:
    """The cluster of each row of `realistic`, by the same draw."""
    chance = np.random.default_rng(seed)
    chance.normal(size=(CLUSTERS, INTRINSIC))
    return chance.integers(0, CLUSTERS, count)
