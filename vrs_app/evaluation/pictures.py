"""Every picture that may be in an answer, in memory as half precision."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from ..catalogue import catalogue
from ..conf import conf
from ..embedders import Vectors, unit_length
from ..models import EmbeddingSpace, ImageEmbedding
from ..queries import curation
from ..vectors import Packed, unpacked

CHUNK = 1000
BLOCK = 4096
"""Pictures that are compared at once: some 100 MB of numbers with those they meet."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some products with all their pictures, half-open: places of products, rows of pictures."""

    first: int
    last: int
    start: int
    stop: int


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Pictures of one product stand together, the one first with which the product asks."""

    keys: Sequence[Any]
    """The products' primary keys, by their place."""
    starts: NDArray[np.int64]
    """For each product the row of its first picture; one more for the end."""
    ids: NDArray[np.int64]
    """For each picture the key of its embedding."""
    halves: NDArray[np.float16]

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """For each picture the place of its product."""
        return np.repeat(np.arange(len(self.keys)), np.diff(self.starts))

    def unit(self, rows: slice | NDArray[np.int64]) -> Vectors:
        """The unit vectors of these pictures."""
        return unit_length(self.halves[rows].astype(np.float32))

    def blocks(self, size: int = BLOCK) -> Iterator[Block]:
        """All products in blocks of about `size` pictures, none of a product divided."""
        first = 0
        while first < len(self.keys):
            end = int(np.searchsorted(self.starts, self.starts[first] + size, side="right")) - 1
            last = max(first + 1, end)
            yield Block(
                first=first, last=last, start=int(self.starts[first]), stop=int(self.starts[last])
            )
            first = last


def offered() -> QuerySet[Any]:
    """The products that may be in an answer about any other."""
    shown = catalogue().visible()
    in_stock = catalogue().in_stock(shown) if conf.HIDE_OUT_OF_STOCK else None
    return curation.shown(None, shown if in_stock is None else in_stock)


def read(space: EmbeddingSpace) -> Pictures | None:
    """The pictures of all products offered; None where there is none."""
    rows = (
        ImageEmbedding.objects.filter(
            ImageEmbedding.is_servable(), space=space, image__product__in=offered().values("pk")
        )
        .order_by("image__product_id", "image__position", "image_id")
        .values_list("pk", "image__product_id", Packed("vector"))
        .iterator(chunk_size=CHUNK)
    )
    ids: list[int] = []
    owners: list[Any] = []
    halves: list[NDArray[np.float16]] = []
    while chunk := list(islice(rows, CHUNK)):
        ids += [row[0] for row in chunk]
        owners += [row[1] for row in chunk]
        halves.append(unpacked(row[2] for row in chunk).astype(np.float16))
    if not ids:
        return None
    firsts = [0, *(row for row in range(1, len(ids)) if owners[row] != owners[row - 1])]
    return Pictures(
        keys=[owners[row] for row in firsts],
        starts=np.array([*firsts, len(ids)]),
        ids=np.array(ids),
        halves=np.concatenate(halves),
    )
