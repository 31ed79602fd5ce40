"""A merchant's pins among what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .neighbour import Neighbour
from .recommendation import Source
from .rungs import Found


def with_pins(found: Sequence[Found], pins: Mapping[int, Any]) -> list[Found]:
    """`found` with each pin at its position, counted from 1, or at the end of a short answer.

    What was found of a pinned product moves with it, its near-duplicates too: they stand
    below it as they would have stood below another of them.
    """
    left = list(found)
    pinned = {}
    for position, key in pins.items():
        group = next((one for one in left if key in one.keys), None)
        if group is not None:
            left.remove(group)
        pinned[position] = _led_by(key, group, {*pins.values()} - {key})
    for position, one in sorted(pinned.items()):
        left.insert(position - 1, one)
    return left


def _led_by(key: Any, group: Found | None, others: set[Any]) -> Found:
    """The pinned product with the rest of its group, without `others`, pinned by themselves."""
    if group is None or group.neighbour is None:
        return Found(key=key, source=Source.PINNED)
    first, *twins = _members(group.neighbour, key)
    kept = tuple(twin for twin in twins if twin.key not in others)
    return Found(key=key, source=Source.PINNED, neighbour=replace(first, duplicates=kept))


def _members(neighbour: Neighbour, key: Any) -> list[Neighbour]:
    """The group without its order but for the one of that key, which comes first."""
    everyone = [replace(neighbour, duplicates=()), *neighbour.duplicates]
    return sorted(everyone, key=lambda one: one.key != key)
