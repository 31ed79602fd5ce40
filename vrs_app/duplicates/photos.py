"""Every different photo of the shop in memory, once, with the products that show it."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..embedders import Vectors, unit_length
from ..models import EmbeddingSpace, ImageEmbedding
from ..vectors import Packed, unpacked

CHUNK = 1000

Rows = NDArray[np.int64]


class Shown(NamedTuple):
    """A product that shows a photo, and its own image row of it."""

    product: Any
    image: int


@dataclass(kw_only=True)
class Photos:
    """Files of the same bytes are one row, so that a photo of a thousand products is cheap.

    Half precision, as the database has it: 4 KB a photo of 2,048 numbers.
    """

    halves: NDArray[np.float16]
    mains: list[list[Shown]] = field(default_factory=list)
    """For each row the products whose first picture it is."""
    others: list[list[Shown]] = field(default_factory=list)
    """For each row the products that show it further back."""

    def unit(self, rows: Rows) -> Vectors:
        """The unit vectors of these rows."""
        return unit_length(self.halves[rows].astype(np.float32))

    @property
    def main_rows(self) -> Rows:
        return np.array([row for row, shown in enumerate(self.mains) if shown], dtype=np.int64)

    @property
    def other_rows(self) -> Rows:
        """Rows that are nobody's first picture."""
        return np.array([row for row, shown in enumerate(self.mains) if not shown], dtype=np.int64)


def read(space: EmbeddingSpace) -> Photos:
    """The photos of all products, hidden ones too."""
    found = ImageEmbedding.objects.filter(ImageEmbedding.is_servable(), space=space)
    ordered = found.order_by("image__product_id", "image__position", "image_id").values_list(
        "digest", "image__product_id", "image_id", Packed("vector")
    )
    most = found.count()
    photos = Photos(halves=np.empty((most, space.dimensions), dtype=np.float16))
    row_of: dict[str, int] = {}
    former: Any = None
    rows = islice(ordered.iterator(chunk_size=CHUNK), most)
    while chunk := list(islice(rows, CHUNK)):
        first, new = len(row_of), []
        for digest, product, image, packed in chunk:
            if digest not in row_of:
                row_of[digest] = len(row_of)
                photos.mains.append([])
                photos.others.append([])
                new.append(packed)
            shown = photos.mains if product != former else photos.others
            shown[row_of[digest]].append(Shown(product, image))
            former = product
        if new:
            photos.halves[first : first + len(new)] = unpacked(new)
    return photos
