"""The answers that pages get, and how long they take."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from ...queries import Recommendation, similar_to
from .categories import Categories
from .figures import Answer, Neighbour

NOTHING_CUT = -1.0


def ask(
    products: Sequence[Any], categories: Categories, k: int, *, quiet: bool = True
) -> list[Answer]:
    """Ask for the `k` neighbours of each of `products`, as a page would, with nothing cut."""
    answers = []
    for product in tqdm(products, unit="query", disable=quiet, desc="as pages ask"):
        began = time.perf_counter()
        items = list(similar_to(product, limit=k, threshold=NOTHING_CUT))
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
    items: Iterable[Recommendation], asking: Any, categories: Categories
) -> list[Neighbour]:
    """What the product of the key `asking` got, and whether each is of its category."""
    return [_neighbour(item, asking, categories) for item in items]


def _neighbour(item: Recommendation, asking: Any, categories: Categories) -> Neighbour:
    key = item.product.pk
    return Neighbour(
        key=key,
        picture=item.picture,
        similarity=item.similarity,
        same=categories.are_same(asking, key),
    )


def precision(neighbours: Sequence[Neighbour]) -> float | None:
    """The share of the same category; None where that cannot be said."""
    known = [each.same for each in neighbours if each.same is not None]
    return float(np.mean(known)) if known else None
