"""The rules of one product's page: which products are pinned or hidden there.

A product's place is a string: NORMAL, HERE or EVERYWHERE (hidden), or the number of the position
that it is pinned to. Where several rules apply to one product, the place is the one that prevails.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import router, transaction
from django.db.models import Model

from vrs_app.catalogue import catalogue

from .models import Hidden, Pin

NORMAL = ""
HERE = "here"
EVERYWHERE = "everywhere"


@dataclass(kw_only=True)
class Changes:
    """The rows that were created, and those that were deleted."""

    created: list[Model] = field(default_factory=list)
    deleted: list[Model] = field(default_factory=list)


def places(product: Model) -> dict[Any, str]:
    """The places of the products that are pinned or hidden on the page of `product`, by key."""
    hidden = Hidden.objects.filter(product=product.pk).values_list("hidden_id", flat=True)
    pins = Pin.objects.filter(product=product.pk).order_by("position")
    pinned = pins.values_list("recommended_id", "position")
    ruled = dict.fromkeys(hidden, HERE) | {key: str(position) for key, position in pinned}
    return ruled | dict.fromkeys(hidden_everywhere(ruled), EVERYWHERE)


def hidden_everywhere(keys: Collection[Any]) -> set[Any]:
    """Those of `keys` that are hidden on every page."""
    rows = Hidden.objects.filter(product=None, hidden__in=keys)
    return set(rows.values_list("hidden_id", flat=True))


def arrange(product: Model, wanted: Mapping[Any, str]) -> Changes:
    """Move each product of `wanted`, by key, to its place on the page of `product`.

    Others keep their places, except that a pin pushes the one at its position down. If two of
    `wanted` have one position, the latter gets it. Products deleted meanwhile are ignored.
    """
    with transaction.atomic(using=router.db_for_write(Pin)):
        former = places(product) | dict.fromkeys(hidden_everywhere(wanted), EVERYWHERE)
        every = catalogue().model._base_manager.filter(pk__in=wanted)
        known = set(every.values_list("pk", flat=True))
        moved = {
            key: place
            for key, place in wanted.items()  # of two for one position, the latter gets it
            if key in known and place != former.get(key, NORMAL)
        }
        changes = Changes()
        for page, place in ((product.pk, HERE), (None, EVERYWHERE)):
            shown = [key for key in moved if former.get(key) == place]
            hidden = [key for key in moved if moved[key] == place]
            _hide(page, hidden, shown, changes)
        _pin(product, former, moved, changes)
    return changes


def _hide(page: Any, hidden: list[Any], shown: list[Any], changes: Changes) -> None:
    """Hide the products `hidden` on the page of the key `page` (None: all), and unhide `shown`."""
    gone = Hidden.objects.filter(product=page, hidden__in=shown)
    changes.deleted += gone
    gone.delete()
    made = [Hidden(product_id=page, hidden_id=key) for key in hidden]
    changes.created += Hidden.objects.bulk_create(made, ignore_conflicts=True)


def _pin(
    product: Model, former: Mapping[Any, str], moved: Mapping[Any, str], changes: Changes
) -> None:
    """Replace the pins that moved, including those that were pushed down."""
    old = {pin.position: pin for pin in Pin.objects.filter(product=product.pk)}
    # A product that was hidden everywhere keeps its pin, which applies again once it is shown.
    freed = {
        key: place
        for key, place in moved.items()
        if place.isdigit() or former.get(key) != EVERYWHERE
    }
    keys = pins_after({position: pin.recommended_id for position, pin in old.items()}, freed)
    gone = [pin for position, pin in old.items() if keys.get(position) != pin.recommended_id]
    Pin.objects.filter(pk__in=[pin.pk for pin in gone]).delete()
    stays = {position for position, pin in old.items() if pin not in gone}
    made = [
        Pin(product_id=product.pk, recommended_id=key, position=position)
        for position, key in sorted(keys.items())
        if position not in stays
    ]
    changes.deleted += gone
    changes.created += Pin.objects.bulk_create(made)


def pins_after(pins: Mapping[int, Any], moved: Mapping[Any, str]) -> dict[int, Any]:
    """The pinned keys by position after the `moved` products have taken their places."""
    after = {position: key for position, key in pins.items() if key not in moved}
    for key, place in moved.items():
        position, moving = (int(place), key) if place.isdigit() else (0, None)
        while moving is not None:
            after[position], moving = moving, after.get(position)
            position += 1
    return after
