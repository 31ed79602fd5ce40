"""recall@k of the HNSW index against an exact scan."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db.models import Model, QuerySet
from numpy.typing import NDArray
from tqdm import tqdm

from ... import spaces
from ...infra.transactions import rolled_back, set_locally
from ...models import EmbeddingSpace
from ...queries.knn_sql import pictures_by_distance, stored_vector
from ..duplicates.photo_vectors import Photos
from .blocks import blocks, recommendable

MOST_QUERIES = 200
"""Queries of the sample that are run; with 2,000 neighbours the figure is precise enough."""

EPSILON = 1e-4
"""How much below the k-th truly nearest a similarity still counts: half precision and ties."""

EXPLAIN_EF_SEARCH = 40
"""The `ef_search` at which EXPLAIN is run; any would do."""

OVER_FETCH = 2
"""LIMIT is k times this, since pictures whose file was changed meanwhile do not count."""


def recall(
    photos: Photos,
    products: Sequence[Model],
    space: EmbeddingSpace,
    k: int,
    ef_searches: Sequence[int],
    *,
    quiet: bool = True,
) -> dict[int, float]:
    """recall@k of the index, 0 to 1, by `ef_search`; `products` are the queries.

    A picture counts if it is as near as the k-th truly nearest, as in ann-benchmarks (Aumüller,
    Bernhardsson and Faithfull 2018). Empty where PostgreSQL does not use the index, which is
    missing or broken: an exact scan would be compared with itself.
    """
    place_of = {key: place for place, key in enumerate(photos.keys)}
    queries = _queries({place_of[each.pk]: each for each in products[:MOST_QUERIES]}, k)
    first = next(iter(queries.values()), None)
    if first is None or not _uses_index(first, space):
        return {}
    truth = _GroundTruth(photos, np.array(list(queries)), k)
    recalls = {}
    for ef_search in ef_searches:
        label = f"by the index, ef_search {ef_search}"
        bar = tqdm(queries.values(), unit="query", disable=quiet, desc=label)
        with forced_index(ef_search, using=first.db):
            shares = [truth.recall(row, _nearest(each)) for row, each in enumerate(bar)]
        recalls[ef_search] = float(np.mean(shares))
    return recalls


class _GroundTruth:
    """The k truly nearest pictures of some products, by an exact scan."""

    def __init__(self, photos: Photos, places: NDArray[np.int64], k: int) -> None:
        self.similarities = _similarities(photos, places)
        self.k = min(k, len(photos.images))
        self.kth = np.partition(self.similarities, -self.k, axis=1)[:, -self.k]
        self.wanted = np.minimum(self.k, np.isfinite(self.similarities).sum(axis=1))
        self.column_of = {int(image): column for column, image in enumerate(photos.images)}

    def recall(self, row: int, images: Sequence[int]) -> float:
        """recall@k of the query in `row`, for which the index found these image rows."""
        if not self.wanted[row]:
            return 1.0
        columns = [self.column_of[image] for image in images if image in self.column_of]
        near = self.similarities[row, columns[: self.k]] >= self.kth[row] - EPSILON
        return float(np.count_nonzero(near) / self.wanted[row])


def _similarities(photos: Photos, places: NDArray[np.int64]) -> NDArray[np.float32]:
    """The similarities of each query to every picture, its own at minus infinity.

    queries × pictures.
    """
    queries = photos.vectors(photos.starts[places])
    similarities = np.concatenate(
        [queries @ photos.vectors(slice(block.start, block.stop)).T for block in blocks(photos)],
        axis=1,
    )
    for query, place in enumerate(places):
        similarities[query, photos.starts[place] : photos.starts[place + 1]] = -np.inf
    return similarities


def _queries(products: Mapping[int, Model], k: int) -> dict[int, QuerySet[Any, Any]]:
    """For each product, by its place, the nearest-neighbour query that its page runs first."""
    shown, queries = recommendable(), {}
    for place, product in products.items():
        vector = stored_vector(product)
        if vector is not None:
            near = pictures_by_distance(vector, shown, [product.pk])
            queries[place] = near.values("image_id", "digest", "image_digest")[: k * OVER_FETCH]
    return queries


def _uses_index(query: QuerySet[Any, Any], space: EmbeddingSpace) -> bool:
    with forced_index(EXPLAIN_EF_SEARCH, using=query.db):
        return spaces.index_name(space) in query.explain()


def _nearest(query: QuerySet[Any, Any]) -> list[int]:
    """The image rows that `query` finds, nearest first, without those of changed files."""
    rows = query.all()  # a clone, which runs again at each `ef_search`
    return [row["image_id"] for row in rows if row["digest"] == row["image_digest"]]


@contextmanager
def forced_index(ef_search: int, *, using: str) -> Iterator[None]:
    """A transaction, rolled back, in which queries use the index with this `ef_search`.

    Iterative scans go on while rows are missing. Pages may do otherwise: sort a small catalogue,
    raise `ef_search` for more results, and scan exactly where the index finds too few.
    """
    with rolled_back(using):
        values = {"hnsw.iterative_scan": "strict_order", "hnsw.ef_search": ef_search}
        set_locally(using, {"enable_sort": "off", **values})
        yield
