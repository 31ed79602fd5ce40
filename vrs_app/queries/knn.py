"""Nearest-neighbour search: the products nearest to a vector, among those that may be shown."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import QuerySet

from ..catalogue import Picture
from ..conf import conf
from ..spaces.vectors import SpaceVector, unpacked
from .candidates import Neighbour
from .knn_sql import ROWS, exactly, index_settings, pictures_by_distance
from .options import Question
from .ranking import diversified, grouped

PICTURES_A_PRODUCT = 2
"""How many pictures of one product the first look allows for; each further look goes wider."""

LOOKS, WIDER, MOST_ROWS = 4, 4, 1000
"""How many looks there are, how many times wider than the last each is, and how wide at most.

A shop whose products share one picture has a shorter row rather than a page that waits."""

MOST_SHARING = 50
"""Products of one and the same picture that are looked at, at least, where they come last."""


def nearest(
    query: SpaceVector,
    products: QuerySet[Any],
    *,
    count: int,
    threshold: float,
    exclude: Collection[Any],
) -> list[Neighbour]:
    """The nearest of `products`, each once with its best picture, near-duplicates grouped.

    `count` of them, unless there are fewer of at least `threshold`. Pictures are what is
    searched, and a product with many near ones takes many places, as does a picture of many
    products: further looks pass over the pictures that were seen.
    """
    pictures = pictures_by_distance(query, products, exclude)
    rows: list[dict[str, Any]] = []
    wanted = max(ROWS, count * PICTURES_A_PRODUCT)
    for _ in range(LOOKS):
        more = _look(_unseen(pictures, rows), wanted, threshold)
        rows += more
        found = _products_of(rows, threshold)
        # One product more than wanted, or the last one's near-duplicates may be missing.
        if len(found) > count or len(more) < wanted or _is_cut(more, threshold):
            break
        wanted = max(wanted, min(wanted * WIDER, MOST_ROWS))
    return found[:count]


def _unseen(pictures: QuerySet[Any, Any], rows: Sequence[dict[str, Any]]) -> QuerySet[Any, Any]:
    """`pictures` without those of `rows`, whichever products share them.

    But for the last one's: the look may have ended amidst its products.
    """
    last = [row for row in rows if row["digest"] == rows[-1]["digest"]]
    passed = {row["digest"] for row in rows}
    if len(last) < MOST_SHARING:
        passed -= {row["digest"] for row in last}
        pictures = pictures.exclude(pk__in=[row["pk"] for row in last])
    return pictures.exclude(digest__in=passed)


def _look(pictures: QuerySet[Any, Any], wanted: int, threshold: float) -> list[dict[str, Any]]:
    """The `wanted` nearest of `pictures`, by the index if it finds so many."""
    with index_settings(pictures.db, rows=wanted):
        rows = list(pictures[:wanted])
        if len(rows) == wanted or _is_cut(rows, threshold):
            return rows
        return list(exactly(pictures)[:wanted])  # the index gave up, or there are no more


def _is_cut(rows: Sequence[dict[str, Any]], threshold: float) -> bool:
    """Whether what comes behind `rows` is below the threshold anyway."""
    return bool(rows) and 1 - rows[-1]["distance"] < threshold


def _products_of(rows: Sequence[dict[str, Any]], threshold: float) -> list[Neighbour]:
    """The products behind picture rows, nearest first; stale vectors are left out.

    Sorted again, because the index compares a little less precisely than it answers.
    """
    best: dict[Any, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["distance"], row["product_id"])):
        if row["digest"] == row["image_digest"] and 1 - row["distance"] >= threshold:
            best.setdefault(row["product_id"], row)
    if not best:
        return []
    vectors = unpacked(row["packed"] for row in best.values())
    neighbours = [
        Neighbour(
            key=key,
            similarity=1 - row["distance"],
            picture=Picture(name=row["name"], width=row["width"], height=row["height"]),
            vector=vector,
        )
        for (key, row), vector in zip(best.items(), vectors, strict=True)
    ]
    return grouped(neighbours, conf.DUPLICATE_THRESHOLD)


def varied(
    point: SpaceVector, question: Question, count: int, exclude: Collection[Any]
) -> list[Neighbour]:
    """The `count` products of the question nearest to `point`, none of the keys `exclude`."""
    near = nearest(
        point,
        question.shown,
        count=max(count, conf.CANDIDATES) if question.diversity else count,
        threshold=question.threshold,
        exclude=exclude,
    )
    # Always among the same candidates, so that a second page goes on where the first ended.
    candidates, others = near[: conf.CANDIDATES], near[conf.CANDIDATES :]
    return [*diversified(candidates, question.diversity), *others][:count]
