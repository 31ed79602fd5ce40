"""Who is of whose category, the ground truth that every shop has."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...catalogue import catalogue
from .blocks import recommendable
from .figures import Answer, CategoryFigure

CHUNK = 1000


@dataclass(frozen=True, kw_only=True)
class Categories:
    """The category of each product that has one, by key, and what each is called."""

    of: Mapping[Any, Any]
    names: Mapping[Any, str]

    def are_same(self, key: Any, other: Any) -> bool | None:
        """None where the first has no category; one without is of nobody's."""
        return self.of[key] == self.of.get(other) if key in self.of else None

    def codes(self, keys: Sequence[Any]) -> NDArray[np.int64]:
        """A number for each key's category, -1 for none."""
        numbers = {category: number for number, category in enumerate(self.names)}
        return np.array([numbers[self.of[key]] if key in self.of else -1 for key in keys])

    def chance(self, products: int) -> float | None:
        """How often another of `products`, drawn blindly, is of the same category."""
        if not self.of or products < 2:
            return 0.0 if self.of else None
        counts = Counter(self.of.values()).values()
        return sum(count * (count - 1) for count in counts) / (len(self.of) * (products - 1))


def read(keys: Iterable[Any]) -> Categories:
    """The categories of the products of these keys."""
    wanted, shop = set(keys), catalogue()
    of: dict[Any, Any] = {}
    names: dict[Any, str] = {}
    for product in recommendable().iterator(chunk_size=CHUNK):
        category = shop.category(product)
        if product.pk in wanted and category is not None:
            of[product.pk] = category
            if category not in names:
                names[category] = str(shop.category_name(product) or category)
    return Categories(of=of, names=names)


def precision(answers: Iterable[Answer]) -> float | None:
    """The mean over all answers; one without any neighbour does not count."""
    known = [answer.precision for answer in answers if answer.precision is not None]
    return float(np.mean(known)) if known else None


def by_category(categories: Categories, answers: Iterable[Answer]) -> list[CategoryFigure]:
    """The precision of each category's queries, the worst first."""
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
