"""Image rows: one `IndexedImage` per picture that the shop shows, kept in sync with it."""

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
    """Sync the image rows of these products with their pictures; returns the number of changes.

    `products`, if the caller needs them too, are `products_with(keys)`, not evaluated yet. The
    rows are read before the pictures: a concurrent save adds a picture together with its row,
    so a row without a picture is stale. `may_create` is False while a product may be in
    deletion: a row added then would make the deletion fail.
    """
    new, moved, gone = _differences(keys, products_with(keys) if products is None else products)
    return _write(new if may_create else [], moved, gone)


def count_differences(keys: Collection[Any]) -> int:
    """The number of changes that `sync` would make; writes nothing."""
    new, moved, gone = _differences(keys, products_with(keys))
    return len(new) + len(moved) + len(gone)


def _differences(
    keys: Collection[Any], products: Iterable[Any]
) -> tuple[list[IndexedImage], list[IndexedImage], list[int]]:
    """Rows to add, rows whose position changed, and the primary keys of rows to delete."""
    stored: dict[Any, dict[str, IndexedImage]] = defaultdict(dict)
    for row in IndexedImage.objects.using(database()).filter(product__in=keys):
        stored[row.product_id][row.name] = row
    new, moved = [], []
    for row in _expected(products):
        present = stored[row.product_id].pop(row.name, None)
        if present is None:
            new.append(row)
        elif present.position != row.position:
            present.position = row.position
            moved.append(present)
    return new, moved, [row.pk for rows in stored.values() for row in rows.values()]


def _expected(products: Iterable[Any]) -> Iterator[IndexedImage]:
    """The rows, not saved, that the products should have by what the Catalogue says now."""
    for product in products:
        names = dict.fromkeys(catalogue().pictures(product))
        for position, name in enumerate(names):
            yield IndexedImage(product=product, name=name, position=position)


def _write(new: list[IndexedImage], moved: list[IndexedImage], gone: list[int]) -> int:
    """Write the differences. Most saves change nothing, so an empty list costs no query."""
    if gone or moved:  # locked in the order of their keys, against deadlocks
        keys = [*gone, *(row.pk for row in moved)]
        list(IndexedImage.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    if gone:
        IndexedImage.objects.filter(pk__in=gone).delete()
    if moved:
        IndexedImage.objects.bulk_update(moved, ["position"])
    if new:  # a concurrent save may have added the same row
        IndexedImage.objects.using(database()).bulk_create(new, ignore_conflicts=True)
    return len(new) + len(moved) + len(gone)


def sync_everything(
    *, find_only: bool = False, progress: catalogue_batches.Progress | None = None
) -> catalogue_batches.Compared:
    """Sync the image rows of the whole catalogue; finds what sent no signal."""
    return catalogue_batches.sync_in_batches(
        count_differences if find_only else _sync_twice, progress
    )


def _sync_twice(keys: Collection[Any]) -> int:
    """Sync, and delete again rows of pictures that were removed while their rows were added."""
    changes = sync(keys)
    return max(0, changes - sync(keys, may_create=False)) if changes else 0


def invalidate_files(products: Iterable[Any], names: Collection[str]) -> int:
    """`invalidate` the rows of these products (keys) whose files `names` were overwritten."""
    return invalidate(IndexedImage.objects.filter(product__in=products, name__in=names))


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
    of_state = IndexedImage.objects.with_state(active()).filter(state=ImageEmbedding.State.FAILED)
    # A fresh queryset, since an UPDATE takes no annotations.
    return IndexedImage.objects.filter(pk__in=of_state.values("pk"))
