"""Text rows: one `ProductText` per product, in sync with its texts and measured colours."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from ..catalogue import catalogue, products_with
from ..infra.db import database
from ..infra.text_search import text_language
from ..models import IndexedImage, ProductText
from . import catalogue_batches
from .text_document import Texts, texts_of


def sync(keys: Collection[Any], products: Iterable[Any] | None = None) -> int:
    """Sync the text rows of these products; returns the number of changes.

    `products`, if the caller needs them too, are `products_with(keys)`. Most saves change no
    text, so rows whose digest is the same are neither locked nor written.
    """
    changed = _changed(keys, products_with(keys) if products is None else products)
    return sync_locked(changed) if changed else 0


def _changed(keys: Collection[Any], products: Iterable[Any]) -> dict[Any, Texts]:
    """The texts, by key, of the products whose row is absent or has another digest."""
    rows = ProductText.objects.using(database()).filter(pk__in=keys)
    stored = dict(rows.values_list("pk", "digest"))
    language, colours = text_language(), _colours(keys)
    found = {
        product.pk: texts_of(product, language, colours.get(product.pk, {}))
        for product in products
    }
    return {key: texts for key, texts in found.items() if texts.digest != stored.get(key)}


def sync_locked(keys: Iterable[Any]) -> int:
    """Lock the text rows, then read the products and write the rows; the number of changes.

    Saves, workers and reconcile all write these rows. Texts read before the lock could be
    stale: the later of two writers would overwrite the newer texts.
    """
    keys = list(keys)
    with transaction.atomic(using=database()):
        _lock(keys)
        changed = _changed(keys, products_with(keys))
        if changed:
            _write(changed)
    return len(changed)


def _lock(keys: list[Any]) -> None:
    """Lock the products' rows in the order of their keys, adding empty ones where absent."""
    rows = ProductText.objects.using(database())
    present = set(rows.filter(pk__in=keys).values_list("pk", flat=True))
    if missing := sorted(set(keys) - present):
        new = [ProductText(pk=key, digest="", words="", begun="") for key in missing]
        rows.bulk_create(new, ignore_conflicts=True)
    list(rows.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _colours(keys: Collection[Any]) -> dict[Any, dict[str, float]]:
    """By key, the colours of each product's first picture that has any."""
    measured = IndexedImage.objects.using(database()).filter(product__in=keys).exclude(colours={})
    firsts = measured.order_by("product_id", "position", "pk").distinct("product_id")
    return dict(firsts.values_list("product_id", "colours"))


def sync_everything(
    *, find_only: bool = False, progress: catalogue_batches.Progress | None = None
) -> catalogue_batches.Compared:
    """Sync the text rows of the whole catalogue; finds what sent no signal.

    Deletes rows of deleted products too: Django drops our ON DELETE CASCADE constraint when a
    migration of the shop changes the type of its products' key.
    """
    products = catalogue().model._base_manager.filter(pk=OuterRef("pk"))
    orphans = ProductText.objects.using(database()).filter(~Exists(products))
    gone = orphans.count() if find_only else orphans.delete()[0]
    compared = catalogue_batches.sync_in_batches(
        count_differences if find_only else sync, progress
    )
    return replace(compared, changes=gone + compared.changes)


def count_differences(keys: Collection[Any]) -> int:
    """The number of changes that `sync` would make; writes nothing."""
    return len(_changed(keys, products_with(keys)))


def _write(changed: dict[Any, Texts]) -> None:
    """Upsert the rows in the order of their keys, against deadlocks."""
    rows = [
        ProductText(pk=key, digest=texts.digest, words=texts.words, begun=texts.begun)
        for key, texts in sorted(changed.items())
    ]
    ProductText.objects.using(database()).bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["product"],
        update_fields=["digest", "words", "begun"],
    )
