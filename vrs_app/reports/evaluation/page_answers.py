"""Running queries as pages do: their answers, judged by category, and how long they take."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from ...queries import Recommendation, similar_to
from ...queries.options import NO_THRESHOLD
from .categories import Categories
from .figures import Answer, Neighbour


def query_as_pages(
    products: Sequence[Any], categories: Categories, k: int, *, quiet: bool = True
) -> list[Answer]:
    """The `k` nearest neighbours of each of `products`, as a page gets them, without threshold."""
    answers = []
    for product in tqdm(products, unit="query", disable=quiet, desc="as pages ask"):
        began = time.perf_counter()
        items = list(similar_to(product, limit=k, threshold=NO_THRESHOLD))
        seconds = time.perf_counter() - began
        neighbours = judged(items, product.pk, categories)
        answers.append(
            Answer(
                key=product.pk,
                neighbours=neighbours,
                precision=precision(neighbours),
                seconds=seconds,
            )
        )
    return answers


def judged(
    items: Iterable[Recommendation], query_key: Any, categories: Categories
) -> list[Neighbour]:
    """`items` as neighbours of the product `query_key`, each judged by its category."""
    return [_neighbour(item, query_key, categories) for item in items]


def _neighbour(item: Recommendation, query_key: Any, categories: Categories) -> Neighbour:
    key = item.product.pk
    return Neighbour(
        key=key,
        picture=item.picture,
        similarity=item.similarity,
        same=categories.are_same(query_key, key),
    )


def precision(neighbours: Sequence[Neighbour]) -> float | None:
    """The share of neighbours of the query's category; None where it has none, or no neighbour."""
    known = [each.same for each in neighbours if each.same is not None]
    return float(np.mean(known)) if known else None
