"""How many of the truly nearest pictures the HNSW index finds."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db.models import Model, QuerySet
from numpy.typing import NDArray
from tqdm import tqdm

from ... import spaces
from ...infra.locks import set_locally
from ...infra.transactions import taken_back
from ...models import EmbeddingSpace
from ...queries.knn_sql import main_vector, pictures_by_distance
from ..duplicates.photo_vectors import Photos
from .blocks import blocks, recommendable

QUERIES = 200
"""Of the sample; more would only take longer, with 2,000 neighbours the figure stands."""

EPSILON = 1e-4
"""How much less similar than the k-th truly nearest still counts: half precision and ties."""

DEPTH = 40
"""The `ef_search` at which it is seen whether the index answers; any would do."""

SPARE = 2
"""Times as many pictures are asked for, since some may be of former bytes, which do not count."""


def recall(
    photos: Photos,
    products: Sequence[Model],
    space: EmbeddingSpace,
    k: int,
    ef_searches: Sequence[int],
    *,
    quiet: bool = True,
) -> dict[int, float]:
    """recall@k of the index at each `ef_search`, against an exact scan; `products` ask.

    A found picture counts if it is as near as the k-th truly nearest is, as ann-benchmarks
    counts (Aumüller, Bernhardsson and Faithfull 2018). Empty where PostgreSQL answers without
    the index, which is missing or broken: it would be compared with itself.
    """
    place_of = {key: place for place, key in enumerate(photos.keys)}
    questions = _questions({place_of[each.pk]: each for each in products[:QUERIES]}, k)
    first = next(iter(questions.values()), None)
    if first is None or not _is_answered_by_the_index(first, space):
        return {}
    truth = _Truth(photos, np.array(list(questions)), k)
    recalls = {}
    for ef_search in ef_searches:
        told = f"by the index, ef_search {ef_search}"
        bar = tqdm(questions.values(), unit="query", disable=quiet, desc=told)
        with forced(ef_search, using=first.db):
            shares = [truth.share(row, _nearest(each)) for row, each in enumerate(bar)]
        recalls[ef_search] = float(np.mean(shares))
    return recalls


class _Truth:
    """What an exact scan finds for some asking products."""

    def __init__(self, photos: Photos, places: NDArray[np.int64], k: int) -> None:
        self.similarities = _similarities(photos, places)
        self.k = min(k, len(photos.images))
        self.kth = np.partition(self.similarities, -self.k, axis=1)[:, -self.k]
        self.wanted = np.minimum(self.k, np.isfinite(self.similarities).sum(axis=1))
        self.column_of = {int(image): column for column, image in enumerate(photos.images)}

    def share(self, row: int, images: Sequence[int]) -> float:
        """The recall of the query in `row`, for which these were found."""
        if not self.wanted[row]:
            return 1.0
        columns = [self.column_of[image] for image in images if image in self.column_of]
        near = self.similarities[row, columns[: self.k]] >= self.kth[row] - EPSILON
        return float(np.count_nonzero(near) / self.wanted[row])


def _similarities(photos: Photos, places: NDArray[np.int64]) -> NDArray[np.float32]:
    """Of each asking product to every picture of the others: queries × pictures."""
    queries = photos.vectors(photos.starts[places])
    similarities = np.concatenate(
        [queries @ photos.vectors(slice(block.start, block.stop)).T for block in blocks(photos)],
        axis=1,
    )
    for query, place in enumerate(places):
        similarities[query, photos.starts[place] : photos.starts[place + 1]] = -np.inf
    return similarities


def _questions(products: Mapping[int, Model], k: int) -> dict[int, QuerySet[Any, Any]]:
    """For each product, by its place, the SELECT with which its page begins."""
    shown, questions = recommendable(), {}
    for place, product in products.items():
        query = main_vector(product)
        if query is not None:
            near = pictures_by_distance(query, shown, [product.pk])
            questions[place] = near.values("image_id", "digest", "image_digest")[: k * SPARE]
    return questions


def _is_answered_by_the_index(question: QuerySet[Any, Any], space: EmbeddingSpace) -> bool:
    with forced(DEPTH, using=question.db):
        return spaces.index_name(space) in question.explain()


def _nearest(question: QuerySet[Any, Any]) -> list[int]:
    """The image rows that it finds, nearest first."""
    rows = question.all()  # anew at each `ef_search`
    return [row["image_id"] for row in rows if row["digest"] == row["image_digest"]]


@contextmanager
def forced(ef_search: int, *, using: str) -> Iterator[None]:
    """The index alone on trial: it looks at `ef_search` pictures, and on while rows are missing.

    Pages may do otherwise: sort a small catalogue, look deeper for a longer answer, and scan
    exactly where the index does not find enough.
    """
    with taken_back(using):
        values = {"hnsw.iterative_scan": "strict_order", "hnsw.ef_search": ef_search}
        set_locally(using, {"enable_sort": "off", **values})
        yield
