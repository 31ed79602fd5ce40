"""Vectors on their way out of the database, as bytes: a tenth of the time that text takes."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from django.db.models import BinaryField, F, Func

from .embedders import Vectors, unit_length

HEADER_BYTES = 4
"""What PostgreSQL sends before the numbers: how many there are, and two bytes of nothing."""


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
