"""The shop's categories, as the ground truth of which products are alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...catalogue import catalogue
from ...display import tolerate
from .blocks import recommendable
from .figures import Answer, CategoryFigure

PRODUCTS_A_BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Categories:
    """`of`: the category of each product that has one, by key. `names`: of each category."""

    of: Mapping[Any, Any]
    names: Mapping[Any, str]

    def are_same(self, key: Any, other: Any) -> bool | None:
        """Whether `other` has the category of `key`; None where `key` has none."""
        return self.of[key] == self.of.get(other) if key in self.of else None

    def codes(self, keys: Sequence[Any]) -> NDArray[np.int64]:
        """A number for each key's category, -1 for none."""
        numbers = {category: number for number, category in enumerate(self.names)}
        return np.array([numbers[self.of[key]] if key in self.of else -1 for key in keys])

    def chance(self, products: int) -> float | None:
        """The precision of random neighbours among so many `products`; None without categories."""
        if not self.of or products < 2:
            return 0.0 if self.of else None
        counts = Counter(self.of.values()).values()
        return sum(count * (count - 1) for count in counts) / (len(self.of) * (products - 1))


def load(keys: Iterable[Any]) -> Categories:
    """The categories of the recommendable products `keys`, as the Catalogue names them.

    A product for which the Catalogue raises counts as one without a category.
    """
    wanted = set(keys)
    of: dict[Any, Any] = {}
    names: dict[Any, str] = {}
    for product in recommendable().iterator(chunk_size=PRODUCTS_A_BATCH):
        category = _category(product) if product.pk in wanted else None
        if category is not None:
            of[product.pk] = category
            if category not in names:
                names[category] = _name(product) or str(category)
    return Categories(of=of, names=names)


def _category(product: Any) -> Any | None:
    read = partial(catalogue().category, product)
    return tolerate("category", read, None, product=product.pk)


def _name(product: Any) -> str | None:
    read = partial(catalogue().category_name, product)
    return tolerate("category_name", read, None, product=product.pk)


def mean_precision(answers: Iterable[Answer]) -> float | None:
    """The mean precision of the answers that have one; None if none has."""
    known = [answer.precision for answer in answers if answer.precision is not None]
    return float(np.mean(known)) if known else None


def by_category(categories: Categories, answers: Iterable[Answer]) -> list[CategoryFigure]:
    """The mean precision of each category's queries, the lowest first."""
    found: dict[Any, list[float]] = defaultdict(list)
    for answer in answers:
        if answer.precision is not None:
            found[categories.of[answer.key]].append(answer.precision)
    figures = [
        CategoryFigure(
            name=categories.names[category],
            asked=len(precisions),
            precision=float(np.mean(precisions)),
        )
        for category, precisions in found.items()
    ]
    return sorted(figures, key=lambda figure: (figure.precision, figure.name))
