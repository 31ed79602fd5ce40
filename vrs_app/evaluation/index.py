"""How many of the truly nearest pictures the HNSW index finds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db import connections, transaction
from django.db.models import F, QuerySet
from numpy.typing import NDArray
from pgvector import HalfVector
from pgvector.django import CosineDistance
from tqdm import tqdm

from .. import spaces
from ..models import EmbeddingSpace, ImageEmbedding
from .pictures import Pictures, offered

QUERIES = 200
"""Of the sample; more would only take longer, with 2,000 neighbours the figure stands."""

EPSILON = 1e-4
"""How much less similar than the k-th truly nearest still counts: half precision and ties."""


def recall(
    pictures: Pictures,
    space: EmbeddingSpace,
    places: NDArray[np.int64],
    k: int,
    ef_searches: Sequence[int],
    *,
    quiet: bool = True,
) -> dict[int, float]:
    """recall@k of the index at each `ef_search`, against an exact scan.

    A found picture counts if it is as near as the k-th truly nearest is, as ann-benchmarks
    counts (Aumüller, Bernhardsson and Faithfull 2018).
    """
    places = places[:QUERIES]
    similarities = _similarities(pictures, places)
    k = min(k, len(pictures.ids))
    kth = np.partition(similarities, -k, axis=1)[:, -k]
    wanted = np.minimum(k, np.isfinite(similarities).sum(axis=1))
    row_of = {int(key): row for row, key in enumerate(pictures.ids)}
    recalls = {}
    for ef_search in ef_searches:
        shares = []
        with forced(ef_search):
            bar = tqdm(
                places, unit="query", disable=quiet, desc=f"by the index, ef_search {ef_search}"
            )
            for query, place in enumerate(bar):
                found = _nearest(pictures, space, int(place))[:k]
                rows = [row_of[key] for key in found if key in row_of]
                hits = np.count_nonzero(similarities[query, rows] >= kth[query] - EPSILON)
                shares.append(hits / wanted[query] if wanted[query] else 1.0)
        recalls[ef_search] = float(np.mean(shares))
    return recalls


def _similarities(pictures: Pictures, places: NDArray[np.int64]) -> NDArray[np.float32]:
    """Of each asking product to every picture of the others: queries × pictures."""
    queries = pictures.unit(pictures.starts[places])
    similarities = np.concatenate(
        [queries @ pictures.unit(slice(block.start, block.stop)).T for block in pictures.blocks()],
        axis=1,
    )
    for query, place in enumerate(places):
        similarities[query, pictures.starts[place] : pictures.starts[place + 1]] = -np.inf
    return similarities


def _nearest(pictures: Pictures, space: EmbeddingSpace, place: int) -> QuerySet[Any, Any]:
    """Keys of the embeddings nearest to a product's first picture, as pages look for them."""
    vector = HalfVector(pictures.halves[pictures.starts[place]])
    return (
        ImageEmbedding.objects.filter(
            ImageEmbedding.is_servable(), space=space, image__product__in=offered().values("pk")
        )
        .exclude(image__product=pictures.keys[place])
        .annotate(distance=CosineDistance(spaces.searchable(space.dimensions), vector))
        .order_by(F("distance"))
        .values_list("pk", flat=True)
    )


@contextmanager
def forced(ef_search: int) -> Iterator[None]:
    """Small catalogues are sorted rather than searched; here the index itself is on trial."""
    with transaction.atomic(using=spaces.database()):
        with connections[spaces.database()].cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_sort = off;"
                "SET LOCAL hnsw.iterative_scan = strict_order;"
                f"SET LOCAL hnsw.ef_search = {int(ef_search)}"
            )
        yield
        transaction.set_rollback(True, using=spaces.database())
