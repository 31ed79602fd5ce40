"""Image rows: what the shop shows, noted where the worker finds it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import F, QuerySet

from ..catalogue import catalogue, products_with
from ..infra.db import database
from ..models import ImageEmbedding, IndexedImage
from ..spaces import active
from . import catalogue_batches


def sync(
    keys: Collection[Any], products: QuerySet[Any] | None = None, *, may_create: bool = True
) -> int:
    """Make the image rows of these products agree with their pictures; the number of changes.

    `products`, where the caller reads them too, are those of `keys` from `chunks.products`,
    not evaluated yet. The rows are read before the pictures: whoever adds a picture
    meanwhile adds its row with it, so a row without a picture is one that has lost it.
    `may_create` is False while a product may be on its way out: a row made then would
    stand in the way of its deletion.
    """
    new, moved, gone = _differences(keys, products_with(keys) if products is None else products)
    return _write(new if may_create else [], moved, gone)


def count_differences(keys: Collection[Any]) -> int:
    """How much `sync` would change; writes nothing."""
    new, moved, gone = _differences(keys, products_with(keys))
    return len(new) + len(moved) + len(gone)


def _differences(
    keys: Collection[Any], products: Iterable[Any]
) -> tuple[list[IndexedImage], list[IndexedImage], list[int]]:
    """Rows to add, rows to write as they should be, and the keys of those to remove."""
    noted: dict[Any, dict[str, IndexedImage]] = defaultdict(dict)
    for row in IndexedImage.objects.using(database()).filter(product__in=keys):
        noted[row.product_id][row.name] = row
    new, moved = [], []
    for row in _wanted(products):
        present = noted[row.product_id].pop(row.name, None)
        if present is None:
            new.append(row)
        elif present.position != row.position:
            present.position = row.position
            moved.append(present)
    return new, moved, [row.pk for rows in noted.values() for row in rows.values()]


def _wanted(products: Iterable[Any]) -> Iterator[IndexedImage]:
    """The rows that the products should have, as the shop's tables stand now."""
    for product in products:
        names = dict.fromkeys(catalogue().pictures(product))
        for position, name in enumerate(names):
            yield IndexedImage(product=product, name=name, position=position)


def _write(new: list[IndexedImage], moved: list[IndexedImage], gone: list[int]) -> int:
    """Most saves change nothing, so nothing is sent for what is empty."""
    if gone or moved:  # locked in one order, so that two such changes never wait in a circle
        keys = [*gone, *(row.pk for row in moved)]
        list(IndexedImage.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    if gone:
        IndexedImage.objects.filter(pk__in=gone).delete()
    if moved:
        IndexedImage.objects.bulk_update(moved, ["position"])
    if new:  # another process may have noted the same picture in the meantime
        IndexedImage.objects.using(database()).bulk_create(new, ignore_conflicts=True)
    return len(new) + len(moved) + len(gone)


def sync_everything(
    *, find_only: bool = False, watch: catalogue_batches.Watch | None = None
) -> catalogue_batches.Compared:
    """Compare the whole catalogue with its rows; finds what sent no signal."""
    return catalogue_batches.sync_everything(
        count_differences if find_only else _sync_twice, watch
    )


def _sync_twice(keys: Collection[Any]) -> int:
    """A picture may be removed between our reading and adding its row, which then goes again."""
    changes = sync(keys)
    return max(0, changes - sync(keys, may_create=False)) if changes else 0


def note_new_bytes(products: Iterable[Any], names: Collection[str]) -> int:
    """The files `names` were written anew: their old vectors must not be shown any more."""
    return forget_bytes(IndexedImage.objects.filter(product__in=products, name__in=names))


def forget_bytes(images: QuerySet[IndexedImage]) -> int:
    """The files of `images` hold other bytes than we know: all of it waits to be found anew."""
    return images.update(
        revision=F("revision") + 1, digest="", width=None, height=None, colours={}
    )


def embed_again(images: QuerySet[IndexedImage]) -> int:
    """Let pictures wait again, with fresh attempts; their vectors are shown meanwhile."""
    return images.update(revision=F("revision") + 1)


def failed() -> QuerySet[IndexedImage]:
    """The pictures that failed in the space that shoppers see."""
    of_state = IndexedImage.objects.with_state(active()).filter(state=ImageEmbedding.State.FAILED)
    # The annotations have no place in an UPDATE.
    return IndexedImage.objects.filter(pk__in=of_state.values("pk"))
