"""Vectors on their way into the database and out of it.

Out of it as bytes, which takes a tenth of the time that text takes.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import BinaryField, F, Func, Q, QuerySet

from ..embedders import Vectors, unit_length
from ..models import EmbeddingSpace, ImageEmbedding

HEADER_BYTES = 4
"""What PostgreSQL sends before the numbers: how many there are, and two bytes of nothing."""

ROUNDING = 1e-5
"""How far the similarity of equal vectors may lie below 1."""


def nearly_same_from(threshold: float) -> float:
    """The similarity from which on two pictures are nearly the same; above 1 none are."""
    return threshold - ROUNDING if threshold <= 1 else math.inf


def with_vectors(space: EmbeddingSpace | int | None = None) -> QuerySet[ImageEmbedding]:
    """The pictures that have a vector in `space`, a space or its key, else in the active one.

    A product's stand together, first the main one, with which it asks.
    """
    there = Q(space=space) if space is not None else Q(space__state=EmbeddingSpace.State.ACTIVE)
    found = ImageEmbedding.objects.filter(ImageEmbedding.is_servable(), there)
    return found.order_by("image__product_id", "image__position", "image_id")


def main_pictures(space: EmbeddingSpace | int | None = None) -> QuerySet[ImageEmbedding]:
    """The first of each product's `with_vectors`."""
    return with_vectors(space).distinct("image__product_id")


@dataclass(frozen=True, kw_only=True)
class SpaceVector:
    """A vector, as PostgreSQL writes it, and the space that it lies in."""

    space_id: int
    dimensions: int
    vector: str


def written(vector: Vectors) -> str:
    """One vector as PostgreSQL reads it."""
    return "[" + ",".join(f"{number:.7g}" for number in vector.tolist()) + "]"


class Packed(Func):
    """A halfvec column as the bytes that pgvector sends; `unpacked` reads them."""

    function = "halfvec_send"

    def __init__(self, column: str, **extra: Any) -> None:
        super().__init__(F(column), output_field=BinaryField(), **extra)


def unpacked(rows: Iterable[bytes | memoryview]) -> Vectors:
    """One row of numbers for each of `rows`, at least one; of unit length again, since half
    precision is not, by a thousandth.
    """
    numbers = [np.frombuffer(row, dtype=">f2", offset=HEADER_BYTES) for row in rows]
    return unit_length(np.stack(numbers).astype(np.float32))
