"""What a shopper does not want to see again, and what is nearly the same."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vrs_app.conf import conf
from vrs_app.queries import Recommendation, main_vectors
from vrs_app.spaces import nearly_same_from, similarities

from .clustering import Vectors


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The `looks` of what a shopper dismissed or bought, all in the space of that id.

    `using` is the alias of the database that the other looks are read from.
    """

    looks: Sequence[Vectors]
    space_id: int | None
    using: str

    @classmethod
    def among(
        cls, keys: Iterable[Any], looks: Mapping[Any, Vectors], space_id: int | None, using: str
    ) -> "Refused":
        """What is refused by its keys; `looks` are those that are known, in that space."""
        known = [looks[key] for key in keys if key in looks]
        return cls(looks=known, space_id=space_id, using=using)

    def __len__(self) -> int:
        return len(self.looks)

    def without_twins(self, items: Iterable[Recommendation]) -> list[Recommendation]:
        """`items` but for those that are nearly what was refused."""
        kept = list(items)
        twins = self.twins_among({item.product.pk for item in kept})
        return [item for item in kept if item.product.pk not in twins]

    def twins_among(self, keys: Collection[Any]) -> set[Any]:
        """Those of the `keys` whose products are nearly what was refused.

        By their main pictures, as what was refused is; what an interest found may have come by
        another one.
        """
        lowest = nearly_same_from(conf.DUPLICATE_THRESHOLD)
        if self.space_id is None or not self.looks or not keys or lowest > 1:
            return set()
        against = np.stack(list(self.looks))
        looks = main_vectors(keys, self.space_id, self.using)
        return {key for key, look in looks.items() if similarities(against, look).max() >= lowest}
