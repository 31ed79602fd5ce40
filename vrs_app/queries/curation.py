"""A merchant's rules: hidden products are filtered, pinned ones put at their positions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from django.db.models import Model, QuerySet

from .candidates import Candidate, Neighbour
from .results import Source


class Curation(Protocol):
    """A merchant's rules about recommendations, whatever app stores them."""

    def without_hidden(self, product: Model | None, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """`queryset` without products hidden everywhere or beside `product`, filtered in SQL."""
        ...

    def pins(self, product: Model) -> Mapping[int, Any]:
        """The primary keys of the products pinned beside `product`, by position from 1."""
        ...


@runtime_checkable
class PinRows(Protocol):
    """A Curation whose pins are rows of a table, which can be read together with others."""

    def pin_rows(self, product: Model) -> QuerySet[Any, Any] | None:
        """The rows as a QuerySet of dicts with `position` and `key`; None where there are none."""
        ...


_curations: list[Curation] = []


def use_curation(curation: Curation) -> None:
    """Register `curation`; for an app's `ready()`."""
    _curations.append(curation)


def without_hidden(product: Model | None, queryset: QuerySet[Any]) -> QuerySet[Any]:
    for curation in _curations:
        queryset = curation.without_hidden(product, queryset)
    return queryset


def pins(product: Model) -> dict[int, Any]:
    """The pins of every curation, by position; of two at one position the first wins."""
    found: dict[int, Any] = {}
    for curation in _curations:
        found = {**curation.pins(product), **found}
    return dict(sorted(found.items()))


def pin_rows(product: Model, using: str) -> list[QuerySet[Any, Any]] | None:
    """The rows of every curation's pins; None where one has none that `using` can read."""
    found: list[QuerySet[Any, Any]] = []
    for curation in _curations:
        rows = curation.pin_rows(product) if isinstance(curation, PinRows) else None
        if rows is None or rows.db != using:
            return None
        found.append(rows)
    return found


def with_pins(found: Sequence[Candidate], pins: Mapping[int, Any], reach: int) -> list[Candidate]:
    """`found` with each pin at its position (from 1), or at the end of a short answer.

    The near-duplicates of a pinned product move with it. Only the first `reach` places are
    searched for them, which every page of the answer has; deeper ones stay where they are.
    """
    near, far = list(found[:reach]), found[reach:]
    pinned = {}
    for position, key in pins.items():
        group = next((one for one in near if key in one.keys), None)
        if group is not None:
            near.remove(group)
        pinned[position] = _led_by(key, group, {*pins.values()} - {key})
    left = near + [rest for one in far if (rest := _without(one, {*pins.values()}))]
    for position, one in sorted(pinned.items()):
        left.insert(position - 1, one)
    return left


def _led_by(key: Any, group: Candidate | None, others: set[Any]) -> Candidate:
    """The pinned product leading its group, without the `others` that are pinned themselves."""
    if group is None or group.neighbour is None:
        return Candidate(key=key, source=Source.PINNED)
    first, *twins = group.neighbour.led_by(key).members
    return Candidate(key=key, source=Source.PINNED, neighbour=_group(first, twins, others))


def _without(one: Candidate, pinned: set[Any]) -> Candidate | None:
    """The group without its pinned products; None where nothing is left."""
    if not pinned.intersection(one.keys):
        return one
    members = one.neighbour.members if one.neighbour else []
    left = [each for each in members if each.key not in pinned]
    if not left:
        return None
    return replace(one, key=left[0].key, neighbour=_group(left[0], left[1:], pinned))


def _group(first: Neighbour, twins: Sequence[Neighbour], others: set[Any]) -> Neighbour:
    kept = tuple(twin for twin in twins if twin.key not in others)
    return replace(first, duplicates=kept)
