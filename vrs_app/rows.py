"""Image rows: what the shop shows, noted where the worker finds it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.db.models import F

from .catalogue import catalogue
from .models import IndexedImage

CHUNK = 500
"""Products that are compared with their rows at once."""


def sync(products: Sequence[Any], *, may_create: bool = True) -> int:
    """Make the image rows of `products` agree with their pictures; the number of changes.

    `may_create` is False while a product may be on its way out: a row made then would
    stand in the way of its deletion.
    """
    noted: dict[Any, dict[str, IndexedImage]] = defaultdict(dict)
    for row in IndexedImage.objects.filter(product__in=products):
        noted[row.product_id][row.name] = row
    wanted = [
        IndexedImage(product=product, name=name, position=position)
        for product in products
        for position, name in enumerate(dict.fromkeys(catalogue().pictures(product)))
    ]
    new, moved = [], []
    for row in wanted:
        present = noted[row.product_id].pop(row.name, None)
        if present is None:
            new.append(row)
        elif present.position != row.position:
            present.position = row.position
            moved.append(present)
    gone = [row.pk for rows in noted.values() for row in rows.values()]
    return _write(new if may_create else [], moved, gone)


def _write(new: list[IndexedImage], moved: list[IndexedImage], gone: list[int]) -> int:
    """Most saves change nothing, so nothing is sent for what is empty."""
    if gone:
        IndexedImage.objects.filter(pk__in=gone).delete()
    if moved:
        IndexedImage.objects.bulk_update(moved, ["position"])
    if new:  # another process may have noted the same picture in the meantime
        IndexedImage.objects.bulk_create(new, ignore_conflicts=True)
    return len(new) + len(moved) + len(gone)


def sync_everything() -> int:
    """Compare the whole catalogue with its rows; finds what sent no signal."""
    changes = 0
    products = catalogue().products().order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(products, CHUNK)):
        with transaction.atomic():
            changes += sync(chunk)
    return changes


def note_new_bytes(products: Iterable[Any], names: Collection[str]) -> int:
    """The files `names` were written anew: their old vectors must not be shown any more."""
    return IndexedImage.objects.filter(product__in=products, name__in=names).update(
        revision=F("revision") + 1, digest="", width=None, height=None
    )


def embed_again(images: models.QuerySet[IndexedImage]) -> int:
    """Let pictures wait again, with fresh attempts; their vectors are shown meanwhile."""
    return images.update(revision=F("revision") + 1)
