"""Every different photo of some products in memory, once, with the products that show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from ...embedders import Vectors, unit_length
from ...models import EmbeddingSpace
from ...spaces.vectors import Packed, unpacked, with_vectors

CHUNK = 1000

Rows = NDArray[np.int64]


class Shown(NamedTuple):
    """A product that shows a photo, and its own image row of it."""

    product: Any
    image: int


@dataclass(frozen=True, kw_only=True)
class Photos:
    """Pictures of one product stand together, its main one first.

    Files of the same bytes are one row, so that a photo of a thousand products is cheap. Half
    precision, as the database has it: 4 KB a photo of 2,048 numbers.
    """

    halves: NDArray[np.float16]
    rows: Rows
    """For each picture the row of its photo."""
    images: Rows
    """For each picture the key of its image row."""
    keys: Sequence[Any]
    """The products' primary keys, by their place."""
    starts: Rows
    """For each product the first of its pictures; one more for the end."""

    def unit(self, rows: Rows) -> Vectors:
        """The unit vectors of these rows."""
        return unit_length(self.halves[rows].astype(np.float32))

    def vectors(self, pictures: slice | Rows) -> Vectors:
        """The unit vectors of these pictures."""
        return self.unit(self.rows[pictures])

    @cached_property
    def mains(self) -> list[list[Shown]]:
        """For each row the products whose first picture it is."""
        return self._shown(self.starts[:-1])

    @cached_property
    def others(self) -> list[list[Shown]]:
        """For each row the products that show it further back."""
        return self._shown(np.setdiff1d(np.arange(len(self.rows)), self.starts[:-1]))

    def _shown(self, pictures: Rows) -> list[list[Shown]]:
        shown: list[list[Shown]] = [[] for _ in self.halves]
        places = np.searchsorted(self.starts, pictures, side="right") - 1
        for picture, place in zip(pictures, places, strict=True):
            found = Shown(self.keys[place], int(self.images[picture]))
            shown[self.rows[picture]].append(found)
        return shown

    @property
    def main_rows(self) -> Rows:
        return np.array([row for row, shown in enumerate(self.mains) if shown], dtype=np.int64)

    @property
    def other_rows(self) -> Rows:
        """Rows that are nobody's first picture."""
        return np.array([row for row, shown in enumerate(self.mains) if not shown], dtype=np.int64)


def read(space: EmbeddingSpace, products: QuerySet[Any] | None = None) -> Photos:
    """The photos of `products`, else of all, hidden ones too."""
    found = with_vectors(space)
    if products is not None:
        found = found.filter(image__product__in=products.values("pk"))
    most = found.count()
    stream = found.values_list("digest", "image__product_id", "image_id", Packed("vector"))
    pictures = islice(stream.iterator(chunk_size=CHUNK), most)
    halves = np.empty((most, space.dimensions), dtype=np.float16)
    row_of: dict[str, int] = {}
    rows: list[int] = []
    owners: list[Any] = []
    images: list[int] = []
    while chunk := list(islice(pictures, CHUNK)):
        first, new = len(row_of), []
        for digest, product, image, packed in chunk:
            if digest not in row_of:
                row_of[digest] = len(row_of)
                new.append(packed)
            rows.append(row_of[digest])
            owners.append(product)
            images.append(image)
        if new:
            halves[first : first + len(new)] = unpacked(new)
    starts = [at for at in range(len(owners)) if at == 0 or owners[at] != owners[at - 1]]
    return Photos(
        halves=halves[: len(row_of)],
        rows=np.array(rows, dtype=np.int64),
        images=np.array(images, dtype=np.int64),
        keys=[owners[at] for at in starts],
        starts=np.array([*starts, len(owners)], dtype=np.int64),
    )
