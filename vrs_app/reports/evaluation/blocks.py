"""Every picture that may be in an answer, and all of them in blocks."""

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
"""Pictures that are compared at once: some 100 MB of numbers with those they meet."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some products with all their pictures, half-open: places of products and of pictures."""

    first: int
    last: int
    start: int
    stop: int


def blocks(known: Photos, size: int = BLOCK) -> Iterator[Block]:
    """All products in blocks of about `size` pictures, none of a product divided."""
    first = 0
    while first < len(known.keys):
        end = int(np.searchsorted(known.starts, known.starts[first] + size, side="right")) - 1
        last = max(first + 1, end)
        yield Block(
            first=first, last=last, start=int(known.starts[first]), stop=int(known.starts[last])
        )
        first = last


def recommendable() -> QuerySet[Any]:
    """The products that may be in an answer about any other: neither sold out nor hidden."""
    return curation.shown(None, offered())


def read(space: EmbeddingSpace) -> Photos | None:
    """The pictures of all products that are recommendable; None where there is none."""
    known = photo_vectors.read(space, recommendable())
    return known if known.keys else None
