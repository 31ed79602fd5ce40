"""Image rows: one `IndexedImage` per picture that the shop shows, compared with its pictures."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.models import Exists, F, OuterRef, QuerySet

from .. import spaces
from ..catalogue import catalogue
from ..infra.db import database
from ..models import ImageEmbedding, IndexedImage
from ..vision import DECODER_VERSION

Rows = Mapping[Any, Mapping[str, IndexedImage]]
"""The image rows of products, by the product's key and the file's name."""

RESTORE_SQL = """
    UPDATE vrs_app_indexedimage AS image SET withheld_at = NULL
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS read (id, withheld_at)
    WHERE image.id = read.id AND image.withheld_at = read.withheld_at
"""


@dataclass(kw_only=True)
class Differences:
    """What the image rows of some products lack.

    `new` are rows to add, `moved` have another position now, `gone` are shown no more, and
    `restored` were withheld by a save although the product still shows their files.
    """

    new: list[IndexedImage] = field(default_factory=list)
    moved: list[IndexedImage] = field(default_factory=list)
    gone: list[IndexedImage] = field(default_factory=list)
    restored: list[IndexedImage] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.new) + len(self.moved) + len(self.gone) + len(self.restored)


def stored(keys: Collection[Any]) -> Rows:
    """The rows of these products. Read them before the products: see `write`."""
    rows: dict[Any, dict[str, IndexedImage]] = defaultdict(dict)
    for row in IndexedImage.objects.using(database()).filter(product__in=keys):
        rows[row.product_id][row.name] = row
    return rows


def differences(rows: Rows, shown: Mapping[Any, Collection[str]]) -> Differences:
    """Compare `rows` with the names of the files that each product shows, in order.

    A product that is not among `shown` loses its rows.
    """
    found = Differences()
    for key, names in shown.items():
        _compare(key, names, rows.get(key, {}), found)
    for key, of_product in rows.items():
        names = shown.get(key, ())
        found.gone += [row for name, row in of_product.items() if name not in names]
    return found


def _compare(
    key: Any, names: Iterable[str], rows: Mapping[str, IndexedImage], found: Differences
) -> None:
    for position, name in enumerate(names):
        row = rows.get(name)
        if row is None:
            row = IndexedImage(product_id=key, name=name, position=position)
            row.decoder_version = DECODER_VERSION
            found.new.append(row)
            continue
        if row.position != position:
            row.position = position
            found.moved.append(row)
        if row.withheld_at:
            found.restored.append(row)


def write(found: Differences) -> None:
    """Write the differences; call it in a transaction with a lock timeout.

    A row is restored only if it is still as it was read: a save that withheld it again after
    that was not seen, and has appended to the outbox.
    """
    changed = {row.pk: row for row in (*found.gone, *found.moved, *found.restored)}
    if changed:  # locked in the order of their keys, against deadlocks
        held = IndexedImage.objects.using(database()).select_for_update(no_key=not found.gone)
        list(held.filter(pk__in=changed).order_by("pk").values_list("pk"))
    if found.gone:
        delete(IndexedImage.objects.filter(pk__in=[row.pk for row in found.gone]))
    if found.moved:
        IndexedImage.objects.bulk_update(found.moved, ["position"])
    if found.restored:
        _restore({row.pk: row.withheld_at for row in found.restored})
    if found.new:
        _add(found.new)


def _restore(withheld: Mapping[int, datetime.datetime | None]) -> None:
    with connections[database()].cursor() as cursor:
        cursor.execute(RESTORE_SQL, [list(withheld), list(withheld.values())])


def _add(new: list[IndexedImage]) -> None:
    """Add the rows, and let the pictures wait in each space that workers fill."""
    added = IndexedImage.objects.using(database()).bulk_create(new)
    ImageEmbedding.objects.using(database()).bulk_create(
        [ImageEmbedding(image=row, space=space) for space in spaces.filled() for row in added]
    )


def delete(rows: QuerySet[Any]) -> int:
    """Delete these rows, in one statement and without signals; returns their number.

    An audit log of all models would fetch and log each. The database cascades.
    """
    return rows._raw_delete(database())


def invalidate(images: QuerySet[IndexedImage]) -> int:
    """The files have new bytes: stop serving the old vectors, clear what is known, requeue.

    Returns the number of rows.
    """
    return images.update(
        revision=F("revision") + 1, digest="", width=None, height=None, colours={}
    )


def requeue(images: QuerySet[IndexedImage]) -> int:
    """Requeue pictures, with all their attempts; their old vectors are served meanwhile.

    Returns the number of rows.
    """
    return images.update(revision=F("revision") + 1)


def failed() -> QuerySet[IndexedImage]:
    """The pictures that failed in the active space."""
    of_state = (
        IndexedImage.objects.shown()
        .with_state(spaces.active())
        .filter(state=ImageEmbedding.State.FAILED)
    )
    # A fresh queryset, since an UPDATE takes no annotations.
    return IndexedImage.objects.filter(pk__in=of_state.values("pk"))


def orphans() -> QuerySet[IndexedImage]:
    """Rows of deleted products, which our ON DELETE CASCADE constraint has missed."""
    products = catalogue().model._base_manager.filter(pk=OuterRef("product_id"))
    return IndexedImage.objects.using(database()).filter(~Exists(products))
