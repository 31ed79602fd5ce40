"""Who is asked for look-alikes: our public function, an exact scan, FAISS in process.

Each takes the row of a product and gives a call without arguments, which is what is timed:
what a product page has anyway, the product and its queryset, is made before.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .synthetic_catalogue import PRICES, Shelf

if TYPE_CHECKING:
    from django.db.models import QuerySet

LIMIT = 12
M, EF_CONSTRUCTION = 16, 64
"""pgvector's defaults (m, ef_construction), which FAISS is given too."""

Answer = Callable[[], list[int]]
"""The primary keys of the look-alikes."""
Contestant = Callable[[int], Answer]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A filter of the shop's, for the database and for NumPy, by the row that is viewed."""

    name: str
    queryset: "Callable[[int], QuerySet[Any]]"
    kept: Callable[[int], NDArray[np.bool_]]


def filters(shelf: Shelf) -> list[Filter]:
    """By price, which knows nothing of looks, and against the looks of what is viewed."""
    shares = {"100%": 1, "10%": 10, "1%": 100, "0.1%": 1000}
    return [
        *(_cheaper(shelf, PRICES // part, f"price keeps {name}") for name, part in shares.items()),
        _least_alike(shelf, 5, "only the 5 least alike clusters, 10%"),
        _least_alike(shelf, 49, "only other clusters than its own, 98%"),
    ]


def _cheaper(shelf: Shelf, price: int, name: str) -> Filter:
    from shop.models import Product

    return Filter(
        name=name,
        queryset=lambda row: Product.objects.filter(price__lte=price),
        kept=lambda row: shelf.prices <= price,
    )


def _least_alike(shelf: Shelf, count: int, name: str) -> Filter:
    from shop.models import Product

    return Filter(
        name=name,
        queryset=lambda row: Product.objects.filter(
            category__in=shelf.farthest_categories(row, count)
        ),
        kept=lambda row: np.isin(shelf.categories, shelf.farthest_categories(row, count)),
    )


def ours(shelf: Shelf, chosen: Filter) -> Contestant:
    from shop.models import Product
    from vrs_app.queries import similar_to

    def contestant(row: int) -> Answer:
        product = Product.objects.get(pk=int(shelf.keys[row]))
        queryset = chosen.queryset(row)
        return lambda: [
            each.product.pk for each in similar_to(product, queryset=queryset, limit=LIMIT)
        ]

    return contestant


def exact(shelf: Shelf, chosen: Filter) -> Contestant:
    """No index has the order of a bare column, so every vector that the filter keeps is read."""
    from pgvector.django import CosineDistance

    from vrs_app.models import ImageEmbedding

    def contestant(row: int) -> Answer:
        pictures = ImageEmbedding.objects.filter(image__product__in=chosen.queryset(row))
        nearest = (
            pictures.exclude(image__product=int(shelf.keys[row]))
            .order_by(CosineDistance("vector", shelf.vectors[row].tolist()))
            .values_list("image__product_id", flat=True)
        )
        return lambda: list(nearest[:LIMIT])

    return contestant


class Faiss:
    """FAISS's HNSW over the same vectors, without filter; one thread answers, as in ours."""

    def __init__(self, shelf: Shelf) -> None:
        import faiss

        self.shelf = shelf
        self.index = faiss.IndexHNSWFlat(shelf.vectors.shape[1], M, faiss.METRIC_INNER_PRODUCT)
        self.index.hnsw.efConstruction = EF_CONSTRUCTION
        began = time.perf_counter()
        self.index.add(shelf.vectors)
        self.seconds_to_build = time.perf_counter() - began
        self.version: str = faiss.__version__
        faiss.omp_set_num_threads(1)

    def __call__(self, row: int) -> Answer:
        query = self.shelf.vectors[row : row + 1]

        def answer() -> list[int]:
            rows = self.index.search(query, LIMIT + 1)[1][0]
            others = rows[(rows != row) & (rows >= 0)][:LIMIT]
            return [int(key) for key in self.shelf.keys[others]]

        return answer
