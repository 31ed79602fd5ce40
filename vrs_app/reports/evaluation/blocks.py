"""The photos of all recommendable products, split into blocks for matrix products."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet

from ...models import EmbeddingSpace
from ...queries import curation, offered
from ..duplicates import photo_vectors
from ..duplicates.photo_vectors import Photos

BLOCK = 4096
"""Pictures a block; the matrix product of two blocks takes some 100 MB."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Products `first` to `last` and their pictures `start` to `stop`; both ends exclusive."""

    first: int
    last: int
    start: int
    stop: int


def blocks(photos: Photos, size: int = BLOCK) -> Iterator[Block]:
    """All products in blocks of at most `size` pictures; a product with more is one block."""
    first, starts = 0, photos.starts
    while first < len(photos.keys):
        end = int(np.searchsorted(starts, starts[first] + size, side="right")) - 1
        last = max(first + 1, end)
        yield Block(first=first, last=last, start=int(starts[first]), stop=int(starts[last]))
        first = last


def recommendable() -> QuerySet[Any]:
    """The products that may be recommended beside any other: neither sold out nor hidden."""
    return curation.without_hidden(None, offered())


def load(space: EmbeddingSpace) -> Photos | None:
    """The photos of all recommendable products in `space`; None if there are none."""
    photos = photo_vectors.load(space, recommendable())
    return photos if photos.keys else None
