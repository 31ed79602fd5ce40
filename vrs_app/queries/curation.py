"""Where a merchant's own rules reach every question, whatever app keeps them."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.db.models import Model, QuerySet


class Curation(Protocol):
    """What somebody who knows the shop decided about its recommendations."""

    def shown(self, product: Model | None, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """`queryset` without what is hidden everywhere, or beside `product`; no list of keys."""
        ...

    def pins(self, product: Model) -> Mapping[int, Any]:
        """The primary keys of the products pinned beside `product`, by position from 1."""
        ...


_curations: list[Curation] = []


def use(curation: Curation) -> None:
    """Ask `curation` from now on; for an app's `ready()`."""
    _curations.append(curation)


def shown(product: Model | None, queryset: QuerySet[Any]) -> QuerySet[Any]:
    for curation in _curations:
        queryset = curation.shown(product, queryset)
    return queryset


def pins(product: Model) -> dict[int, Any]:
    """The pins of every curation; of two at one position the first stays."""
    found: dict[int, Any] = {}
    for curation in _curations:
        found = {**curation.pins(product), **found}
    return dict(sorted(found.items()))
