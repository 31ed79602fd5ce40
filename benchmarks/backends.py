"""The compared backends: our `similar_to`, an exact scan in PostgreSQL, FAISS in process.

A backend takes the row of a product and returns a search, a call without arguments, which is
timed. What a product page has anyway, the product and its queryset, is prepared before.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .synthetic_catalogue import PRICES, SyntheticCatalogue

if TYPE_CHECKING:
    from django.db.models import QuerySet

LIMIT = 12
M, EF_CONSTRUCTION = 16, 64
"""pgvector's defaults (m, ef_construction), used for FAISS too."""

Search = Callable[[], list[int]]
"""Returns the primary keys of the look-alikes."""
Backend = Callable[[int], Search]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A filter by the row of the viewed product: as a queryset, and as a mask over all rows."""

    name: str
    queryset: "Callable[[int], QuerySet[Any]]"
    mask: Callable[[int], NDArray[np.bool_]]


def filters(catalogue: SyntheticCatalogue) -> list[Filter]:
    """Filters by price, independent of the vectors, and by dissimilar categories."""
    shares = {"100%": 1, "10%": 10, "1%": 100, "0.1%": 1000}
    return [
        *(
            _cheaper(catalogue, PRICES // part, f"price keeps {name}")
            for name, part in shares.items()
        ),
        _other_categories(catalogue, 5, "only the 5 least alike clusters, 10%"),
        _other_categories(catalogue, 49, "only other clusters than its own, 98%"),
    ]


def _cheaper(catalogue: SyntheticCatalogue, price: int, name: str) -> Filter:
    from shop.models import Product

    return Filter(
        name=name,
        queryset=lambda row: Product.objects.filter(price__lte=price),
        mask=lambda row: catalogue.prices <= price,
    )


def _other_categories(catalogue: SyntheticCatalogue, count: int, name: str) -> Filter:
    from shop.models import Product

    return Filter(
        name=name,
        queryset=lambda row: Product.objects.filter(
            category__in=catalogue.farthest_categories(row, count)
        ),
        mask=lambda row: np.isin(catalogue.categories, catalogue.farthest_categories(row, count)),
    )


def vrs_backend(catalogue: SyntheticCatalogue, chosen: Filter) -> Backend:
    from shop.models import Product
    from vrs_app.queries import similar_to

    def backend(row: int) -> Search:
        product = Product.objects.get(pk=int(catalogue.keys[row]))
        queryset = chosen.queryset(row)
        return lambda: [
            each.product.pk for each in similar_to(product, queryset=queryset, limit=LIMIT)
        ]

    return backend


def exact_backend(catalogue: SyntheticCatalogue, chosen: Filter) -> Backend:
    """The bare column has no index, so every vector that passes the filter is compared."""
    from pgvector.django import CosineDistance

    from vrs_app.models import ImageEmbedding

    def backend(row: int) -> Search:
        pictures = ImageEmbedding.objects.filter(image__product__in=chosen.queryset(row))
        nearest = (
            pictures.exclude(image__product=int(catalogue.keys[row]))
            .order_by(CosineDistance("vector", catalogue.vectors[row].tolist()))
            .values_list("image__product_id", flat=True)
        )
        return lambda: list(nearest[:LIMIT])

    return backend


class FaissBackend:
    """FAISS's HNSW over the same vectors, without filter; searched by one thread, as ours."""

    def __init__(self, catalogue: SyntheticCatalogue) -> None:
        import faiss

        self.catalogue = catalogue
        self.index = faiss.IndexHNSWFlat(catalogue.vectors.shape[1], M, faiss.METRIC_INNER_PRODUCT)
        self.index.hnsw.efConstruction = EF_CONSTRUCTION
        began = time.perf_counter()
        self.index.add(catalogue.vectors)
        self.seconds_to_build = time.perf_counter() - began
        self.version: str = faiss.__version__
        faiss.omp_set_num_threads(1)

    def __call__(self, row: int) -> Search:
        query = self.catalogue.vectors[row : row + 1]

        def search() -> list[int]:
            rows = self.index.search(query, LIMIT + 1)[1][0]
            others = rows[(rows != row) & (rows >= 0)][:LIMIT]
            return [int(key) for key in self.catalogue.keys[others]]

        return search
