"""Vectors between Python and PostgreSQL: as pgvector's own type, never as text of ours."""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import BinaryField, F, Func, Q, QuerySet, Subquery
from numpy.typing import NDArray
from pgvector import HalfVector

from ..embedders import Vector, Vectors, unit_length
from ..models import EmbeddingSpace, ImageEmbedding

ROUNDING = 1e-5
"""How far the cosine similarity of equal vectors may lie below 1."""


def nearly_same_from(threshold: float) -> float:
    """The similarity from which on two pictures are near-duplicates; infinite above 1."""
    return threshold - ROUNDING if threshold <= 1 else math.inf


def similarities(vectors: Vectors, vector: Vector) -> NDArray[np.float32]:
    """Cosine similarity of each row of unit `vectors` to the unit `vector`; shape (rows,).

    By one dot product a row: a matrix product waits for the threads of BLAS, and on the busy
    cores of a web server that takes tens of milliseconds where the numbers take one.
    """
    found: NDArray[np.float32] = np.vecdot(vectors, vector)
    return found


def pairwise_similarities(vectors: Vectors) -> NDArray[np.float32]:
    """Cosine similarities between all rows of unit `vectors`, rows × rows; no BLAS threads."""
    found: NDArray[np.float32] = np.vecdot(vectors[:, np.newaxis], vectors)
    return found


def with_vectors(space: EmbeddingSpace | int | None = None) -> QuerySet[ImageEmbedding]:
    """The embeddings that may be served in `space` (a space or its key), else in the active one.

    Those of one product stand together, the main picture's first.
    """
    there = Q(space=space) if space is not None else Q(space__state=EmbeddingSpace.State.ACTIVE)
    found = ImageEmbedding.objects.filter(ImageEmbedding.is_servable(), there)
    return found.order_by("image__product_id", "image__position", "image_id")


def main_pictures(space: EmbeddingSpace | int | None = None) -> QuerySet[ImageEmbedding]:
    """The first of each product's `with_vectors`."""
    return with_vectors(space).distinct("image__product_id")


@dataclass(frozen=True, kw_only=True)
class StoredVector:
    """A vector that PostgreSQL has already: a query refers to its row, and no number travels."""

    space_id: int
    dimensions: int
    embedding_id: int
    in_small_table: bool = False
    """Whether the table has so few rows that an exact scan is the quickest."""

    @property
    def operand(self) -> Subquery:
        """What a distance is taken to, in SQL; NULL where the row has lost its vector."""
        row = ImageEmbedding.objects.filter(pk=self.embedding_id)
        return Subquery(row.values("vector"))


@dataclass(frozen=True, kw_only=True)
class SpaceVector:
    """A vector that is stored nowhere, as of a shopper's photo, and the space that it lies in."""

    space_id: int
    dimensions: int
    vector: HalfVector

    @classmethod
    def of(cls, numbers: Vector, space_id: int) -> "SpaceVector":
        """The vector of these numbers, in half precision."""
        return cls(space_id=space_id, dimensions=len(numbers), vector=HalfVector(numbers))

    @classmethod
    def from_bytes(cls, data: bytes, space_id: int) -> "SpaceVector":
        """The inverse of `to_bytes`; raises ValueError for anything else."""
        try:
            vector = HalfVector.from_binary(data)
        except (TypeError, ValueError, struct.error) as error:
            raise ValueError("not a halfvec in pgvector's binary format") from error
        return cls(space_id=space_id, dimensions=vector.dimensions(), vector=vector)

    def to_bytes(self) -> bytes:
        """In pgvector's binary format."""
        return self.vector.to_binary()

    @property
    def operand(self) -> HalfVector:
        """What a distance is taken to; pgvector's expressions take it as it is."""
        return self.vector

    @property
    def numbers(self) -> Vector:
        """Shape (dimensions,), of unit length."""
        row: Vector = unit_length(self.vector.to_numpy().astype(np.float32)[np.newaxis])[0]
        return row


QueryVector = StoredVector | SpaceVector
"""What nearest neighbours are searched for."""


class HalfvecBytes(Func):
    """A halfvec column in pgvector's binary format; `vectors_of` reads it.

    A tenth of the time that text takes.
    """

    function = "halfvec_send"

    def __init__(self, column: str, **extra: Any) -> None:
        super().__init__(F(column), output_field=BinaryField(), **extra)


def vectors_of(rows: Iterable[bytes | memoryview]) -> Vectors:
    """`rows` of `HalfvecBytes`, at least one, as an array: rows × dimensions, float32.

    Of unit length again, since half precision is not, by a thousandth.
    """
    halves = np.stack([HalfVector.from_binary(row).to_numpy() for row in rows])
    return unit_length(halves.astype(np.float32))
