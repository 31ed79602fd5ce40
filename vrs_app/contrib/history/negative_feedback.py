"""Negative feedback: excluding near-duplicates of what a shopper dismissed or bought."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vrs_app.conf import conf
from vrs_app.embedders import Vector
from vrs_app.queries import Recommendation, main_vectors
from vrs_app.spaces import nearly_same_from, similarities


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The `vectors` of what a shopper dismissed or bought, in the space `space_id`.

    `using` is the alias of the database that other vectors are read from.
    """

    vectors: Sequence[Vector]
    space_id: int | None
    using: str

    @classmethod
    def of(
        cls,
        keys: Iterable[Any],
        vectors: Mapping[Any, Vector],
        space_id: int | None,
        using: str,
    ) -> "Refused":
        """The refused products `keys`; `vectors` are those known in the space, by key."""
        known = [vectors[key] for key in keys if key in vectors]
        return cls(vectors=known, space_id=space_id, using=using)

    def __len__(self) -> int:
        return len(self.vectors)

    def without_duplicates(self, items: Iterable[Recommendation]) -> list[Recommendation]:
        """`items` without near-duplicates of refused products."""
        kept = list(items)
        duplicates = self.duplicates_among({item.product.pk for item in kept})
        return [item for item in kept if item.product.pk not in duplicates]

    def duplicates_among(self, keys: Collection[Any]) -> set[Any]:
        """Those of the `keys` whose products are near-duplicates of refused ones.

        Main pictures are compared, though a product may have been found by another picture.
        """
        lowest = nearly_same_from(conf.DUPLICATE_THRESHOLD)
        if self.space_id is None or not self.vectors or not keys or lowest > 1:
            return set()
        against = np.stack(list(self.vectors))
        near = main_vectors(keys, self.space_id, self.using)
        return {key for key, each in near.items() if similarities(against, each).max() >= lowest}
