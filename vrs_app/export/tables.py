"""Vectors as CSV."""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO

from ..models import EmbeddingSpace
from .chunks import Chunk


def write_csv(file: IO[bytes], chunks: Iterator[Chunk], space: EmbeddingSpace) -> int:
    """product, picture, position, v0 … vN; nine digits, with which a float32 comes back whole.

    Texts stand as they are in the database, also where a spreadsheet would take one for a
    formula: the file is for programs, which have to find the same names again.
    """
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    numbers = (f"v{number}" for number in range(space.dimensions))
    writer.writerow(["product", "picture", "position", *numbers])
    count = 0
    for chunk in chunks:
        rows = zip(chunk.products, chunk.names, chunk.positions, chunk.vectors, strict=True)
        for product, name, position, vector in rows:
            numbers = (f"{number:.9g}" for number in vector.tolist())
            writer.writerow([product, name, position, *numbers])
        count += len(chunk.vectors)
    text.detach()  # which flushes, and leaves the file open
    return count
