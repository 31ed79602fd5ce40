"""Image rows: what the shop shows, noted where the worker finds it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F

from .catalogue import catalogue
from .models import IndexedImage
from .spaces import database

CHUNK = 500
"""Products that are compared with their rows at once."""

TRIES = 5
"""How often a chunk is looked at in which products are being deleted."""


def sync(keys: Iterable[Any], *, may_create: bool = True) -> int:
    """Make the image rows of these products agree with their pictures; the number of changes.

    The rows are read before the pictures: whoever adds a picture meanwhile adds its row with
    it, so a row without a picture is one that has lost it. `may_create` is False while a
    product may be on its way out: a row made then would stand in the way of its deletion.
    """
    noted: dict[Any, dict[str, IndexedImage]] = defaultdict(dict)
    for row in IndexedImage.objects.filter(product__in=list(keys)):
        noted[row.product_id][row.name] = row
    new, moved = [], []
    for row in _wanted(keys):
        present = noted[row.product_id].pop(row.name, None)
        if present is None:
            new.append(row)
        elif present.position != row.position:
            present.position = row.position
            moved.append(present)
    gone = [row.pk for rows in noted.values() for row in rows.values()]
    return _write(new if may_create else [], moved, gone)


def _wanted(keys: Iterable[Any]) -> Iterator[IndexedImage]:
    """The rows that the products should have, as the shop's tables stand now."""
    for product in catalogue().products().filter(pk__in=list(keys)):
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
        IndexedImage.objects.bulk_create(new, ignore_conflicts=True)
    return len(new) + len(moved) + len(gone)


def sync_everything() -> int:
    """Compare the whole catalogue with its rows; finds what sent no signal."""
    keys = catalogue().model._base_manager.order_by("pk").values_list("pk", flat=True)
    every = keys.iterator(chunk_size=CHUNK)
    changes = 0
    while chunk := list(islice(every, CHUNK)):
        changes += _sync_chunk(chunk)
    return changes


def _sync_chunk(keys: Sequence[Any]) -> int:
    """A product that is deleted just now fails the whole chunk, once: then it is gone."""
    for patience in reversed(range(TRIES)):
        try:
            with transaction.atomic(using=database()):
                return sync(keys)
        except IntegrityError:
            if not patience:
                raise
    return 0


def note_new_bytes(products: Iterable[Any], names: Collection[str]) -> int:
    """The files `names` were written anew: their old vectors must not be shown any more."""
    return IndexedImage.objects.filter(product__in=products, name__in=names).update(
        revision=F("revision") + 1, digest="", width=None, height=None
    )


def embed_again(images: models.QuerySet[IndexedImage]) -> int:
    """Let pictures wait again, with fresh attempts; their vectors are shown meanwhile."""
    return images.update(revision=F("revision") + 1)
