"""The vectors of all photos in memory, each photo once, with the products that show it."""

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
from ...spaces.vectors import HalfvecBytes, vectors_of, with_vectors

PICTURES_A_BATCH = 1000

Rows = NDArray[np.int64]


class Use(NamedTuple):
    """A use of a photo: the product that shows it, and that product's image row."""

    product: Any
    image: int


@dataclass(frozen=True, kw_only=True)
class Photos:
    """The pictures of some products, and the vectors of their photos.

    The pictures of a product are contiguous, its main one first. Pictures whose files have the
    same bytes share one row of `halves`, so that a photo of a thousand products is stored once.
    """

    halves: NDArray[np.float16]
    """Photos × dimensions in half precision, as in the database: 4 KB for 2,048 numbers."""
    rows: Rows
    """For each picture the row of its photo."""
    images: Rows
    """For each picture the key of its image row."""
    keys: Sequence[Any]
    """For each product its primary key; its index here is the product's place."""
    starts: Rows
    """For each product the index of its first picture, and at the end the number of pictures."""

    def unit_vectors(self, rows: Rows) -> Vectors:
        """The unit vectors of these rows: rows × dimensions."""
        return unit_length(self.halves[rows].astype(np.float32))

    def vectors(self, pictures: slice | Rows) -> Vectors:
        """The unit vectors of these pictures: pictures × dimensions."""
        return self.unit_vectors(self.rows[pictures])

    @cached_property
    def mains(self) -> list[list[Use]]:
        """For each row its uses as the first picture of a product."""
        return self._uses(self.starts[:-1])

    @cached_property
    def others(self) -> list[list[Use]]:
        """For each row its uses as any further picture of a product."""
        return self._uses(np.setdiff1d(np.arange(len(self.rows)), self.starts[:-1]))

    def _uses(self, pictures: Rows) -> list[list[Use]]:
        """For each row its uses among these pictures."""
        uses: list[list[Use]] = [[] for _ in self.halves]
        places = np.searchsorted(self.starts, pictures, side="right") - 1
        for picture, place in zip(pictures, places, strict=True):
            use = Use(self.keys[place], int(self.images[picture]))
            uses[self.rows[picture]].append(use)
        return uses

    @property
    def main_rows(self) -> Rows:
        """Rows that are the first picture of at least one product."""
        return np.array([row for row, uses in enumerate(self.mains) if uses], dtype=np.int64)

    @property
    def other_rows(self) -> Rows:
        """Rows that are no product's first picture."""
        return np.array([row for row, uses in enumerate(self.mains) if not uses], dtype=np.int64)


def load(space: EmbeddingSpace, products: QuerySet[Any] | None = None) -> Photos:
    """The photos of `products` in `space`; by default of all, hidden ones included.

    At most as many pictures as there are when it begins.
    """
    found = with_vectors(space)
    if products is not None:
        found = found.filter(image__product__in=products.values("pk"))
    most = found.count()
    stream = found.values_list("digest", "image__product_id", "image_id", HalfvecBytes("vector"))
    pictures = islice(stream.iterator(chunk_size=PICTURES_A_BATCH), most)
    halves = np.empty((most, space.dimensions), dtype=np.float16)
    row_of: dict[str, int] = {}
    rows: list[int] = []
    owners: list[Any] = []
    images: list[int] = []
    while batch := list(islice(pictures, PICTURES_A_BATCH)):
        first, new = len(row_of), []
        for digest, product, image, packed in batch:
            if digest not in row_of:
                row_of[digest] = len(row_of)
                new.append(packed)
            rows.append(row_of[digest])
            owners.append(product)
            images.append(image)
        if new:
            halves[first : first + len(new)] = vectors_of(new)
    starts = [at for at in range(len(owners)) if at == 0 or owners[at] != owners[at - 1]]
    return Photos(
        halves=halves[: len(row_of)],
        rows=np.array(rows, dtype=np.int64),
        images=np.array(images, dtype=np.int64),
        keys=[owners[at] for at in starts],
        starts=np.array([*starts, len(owners)], dtype=np.int64),
    )
