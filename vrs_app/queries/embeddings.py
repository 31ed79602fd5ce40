"""The vectors of products in Python, and one query vector made of several (Rocchio)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from ..embedders import Vector
from ..embedders.base import MIN_LENGTH
from ..models import EmbeddingSpace
from ..spaces.vectors import HalfvecBytes, main_pictures, similarities, vectors_of

NEGATIVE_WEIGHT = 0.5
"""Rocchio's weight of the negative examples; the positive ones weigh 1."""


def vectors_by_product(products: Iterable[Any], using: str | None = None) -> dict[Any, Vector]:
    """The unit vector, shape (dimensions,), of each product's main picture, by primary key.

    `products` are products or keys; those without a vector in the active space are missing.
    """
    keys = [getattr(product, "pk", product) for product in products]
    space_id = active_space_id(using)
    return {} if space_id is None else main_vectors(keys, space_id, using)


def active_space_id(using: str | None = None) -> int | None:
    active = EmbeddingSpace.objects.using(using).filter(state=EmbeddingSpace.State.ACTIVE)
    return active.values_list("pk", flat=True).first()


def main_vectors(
    keys: Collection[Any], space_id: int, using: str | None = None
) -> dict[Any, Vector]:
    """The unit vectors of the main pictures of these products in one space, by key."""
    if not keys:
        return {}
    rows = (
        main_pictures(space_id)
        .using(using)
        .filter(image__product__in=keys)
        .values_list("image__product_id", HalfvecBytes("vector"))
    )
    found = dict(rows)
    return dict(zip(found, vectors_of(found.values()), strict=True)) if found else {}


def rocchio(wanted: Collection[Vector], unwanted: Collection[Vector] = ()) -> Vector | None:
    """Rocchio's query vector: the mean of `wanted` less half the mean of `unwanted`, unit length.

    None where they cancel each other out. Rocchio, "Relevance feedback in information
    retrieval", in Salton (ed.), The SMART Retrieval System, 1971.
    """
    towards = np.mean(list(wanted), axis=0)
    if len(unwanted):
        towards = towards - NEGATIVE_WEIGHT * np.mean(list(unwanted), axis=0)
    length = np.linalg.norm(towards)
    direction: Vector = (towards / max(length, MIN_LENGTH)).astype(np.float32)
    return direction if length > MIN_LENGTH else None


def nearest_key(vector: Vector, looks: Mapping[Any, Vector]) -> Any | None:
    """The key of the vector nearest to `vector`; None where there are none."""
    if not looks:
        return None
    found = similarities(np.stack(list(looks.values())), vector)
    return list(looks)[int(np.argmax(found))]
