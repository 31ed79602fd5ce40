"""Nearest-neighbour search: the products nearest to a vector, among those that may be shown."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from ..catalogue import Picture
from ..conf import conf
from ..spaces.vectors import QueryVector, StoredVector, vectors_of
from .candidates import SPARE, Neighbour
from .knn_sql import (
    MIN_ROWS,
    exact_rows,
    nearest_rows,
    pictures_by_distance,
    small_exact_rows,
)
from .options import Query
from .ranking import diversify, group_near_duplicates

OVER_FETCH = 2
"""Over-fetch: the first try reads so many pictures for each product wanted."""

TRIES, WIDEN_BY, MAX_ROWS = 4, 4, 1000
"""Over-fetch: LIMIT starts at max(24, 2·count) and grows ×4 a retry, 4 tries, cap 1,000.

A LIMIT that starts above the cap does not grow.

Where thousands of products share one picture, the answer is shorter and the page does not wait.
"""

MAX_SHARING = 50
"""Rows of the digest that ends a try from which on that digest counts as read.

With fewer, LIMIT may have cut among them: the next try fetches them again.
"""


def nearest_products(
    vector: QueryVector,
    products: QuerySet[Any],
    *,
    count: int,
    threshold: float,
    exclude: Collection[Any],
) -> list[Neighbour]:
    """The `count` nearest of `products`, and some to spare; near-duplicates grouped.

    Each product stands once, with its best picture. `threshold` is the lowest cosine similarity;
    there are fewer than `count` where fewer products reach it. Pictures are searched, and one
    product may own many of the nearest, so the search over-fetches and retries without the
    pictures that it has read.
    """
    pictures = pictures_by_distance(vector, products, exclude)
    is_small = isinstance(vector, StoredVector) and vector.in_small_table
    fetch = small_exact_rows if is_small else partial(_fetch_nearest, threshold=threshold)
    rows: list[dict[str, Any]] = []
    wanted = max(MIN_ROWS, count * OVER_FETCH)
    for _ in range(TRIES):
        more = fetch(_unseen(pictures, rows), wanted)
        rows += more
        found = _products_of(rows, threshold)
        # One product more than wanted, or the last one's near-duplicates may be missing.
        if len(found) > count or len(more) < wanted or _ends_below(more, threshold):
            break
        wanted = max(wanted, min(wanted * WIDEN_BY, MAX_ROWS))
    return found[: count + SPARE]


def _unseen(pictures: QuerySet[Any, Any], rows: Sequence[dict[str, Any]]) -> QuerySet[Any, Any]:
    """`pictures` without those of `rows`, by digest.

    The last digest stays: LIMIT may have cut between the products that share it.
    """
    last = [row for row in rows if row["digest"] == rows[-1]["digest"]]
    passed = {row["digest"] for row in rows}
    if len(last) < MAX_SHARING:
        passed -= {row["digest"] for row in last}
        pictures = pictures.exclude(pk__in=[row["pk"] for row in last])
    return pictures.exclude(digest__in=passed)


def _fetch_nearest(
    pictures: QuerySet[Any, Any], wanted: int, *, threshold: float
) -> list[dict[str, Any]]:
    """The `wanted` nearest of `pictures`: by the index, else by an exact scan."""
    rows = nearest_rows(pictures, wanted)
    if len(rows) == wanted or _ends_below(rows, threshold):
        return rows
    # The index found too few, or there are no more.
    return exact_rows(pictures, wanted)


def _ends_below(rows: Sequence[dict[str, Any]], threshold: float) -> bool:
    """Whether every row after `rows` is below the threshold."""
    return bool(rows) and 1 - rows[-1]["distance"] < threshold


def _products_of(rows: Sequence[dict[str, Any]], threshold: float) -> list[Neighbour]:
    """The products of picture rows, nearest first, without vectors of former bytes.

    Re-sorted: the index orders a little less precisely than the distances it returns.
    """
    best: dict[Any, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["distance"], row["product_id"])):
        if row["digest"] == row["image_digest"] and 1 - row["distance"] >= threshold:
            best.setdefault(row["product_id"], row)
    if not best:
        return []
    vectors = vectors_of(row["packed"] for row in best.values())
    neighbours = [
        Neighbour(
            key=key,
            similarity=1 - row["distance"],
            picture=Picture(name=row["name"], width=row["width"], height=row["height"]),
            vector=vector,
        )
        for (key, row), vector in zip(best.items(), vectors, strict=True)
    ]
    return group_near_duplicates(neighbours, conf.DUPLICATE_THRESHOLD)


def diverse_neighbours(
    vector: QueryVector, query: Query, count: int, exclude: Collection[Any]
) -> list[Neighbour]:
    """The `count` nearest to `vector`, and some to spare, re-ranked for diversity."""
    near = nearest_products(
        vector,
        query.products,
        count=max(count, conf.CANDIDATES) if query.diversity else count,
        threshold=query.threshold,
        exclude=exclude,
    )
    # The same candidates for every page, so that the second goes on where the first ended.
    candidates, others = near[: conf.CANDIDATES], near[conf.CANDIDATES :]
    return [*diversify(candidates, query.diversity), *others][: count + SPARE]
