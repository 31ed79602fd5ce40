"""The rows of words, in step with products and the colours of their pictures."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from ..catalogue import catalogue, products_with
from ..infra.db import database
from ..infra.text_config import text_language
from ..models import IndexedImage, ProductText
from . import catalogue_batches
from .text_document import Texts, texts_of


def sync(keys: Collection[Any], products: Iterable[Any] | None = None) -> int:
    """Make the words of these products agree with their texts and colours; the changes' number.

    `products`, where the caller reads them too, are those of `keys` from
    `chunks.products`. Most saves change no text, so what is the same is not written.
    """
    changed = _changed(keys, products_with(keys) if products is None else products)
    return sync_surely(changed) if changed else 0


def _changed(keys: Collection[Any], products: Iterable[Any]) -> dict[Any, Texts]:
    """What the words of these products should be made from, where they are not."""
    rows = ProductText.objects.using(database()).filter(pk__in=keys)
    noted = dict(rows.values_list("pk", "digest"))
    language, colours = text_language(), _colours(keys)
    found = {
        product.pk: texts_of(product, language, colours.get(product.pk, {}))
        for product in products
    }
    return {key: texts for key, texts in found.items() if texts.digest != noted.get(key)}


def sync_surely(keys: Iterable[Any]) -> int:
    """Lock the products' words, then read all anew that they are made from, and write it.

    A save, a worker and a reconciling write them: were they read before the lock, the later of
    two would write what it knew before the other came, or find that nothing is to be written.
    """
    keys = list(keys)
    with transaction.atomic(using=database()):
        _lock(keys)
        changed = _changed(keys, products_with(keys))
        if changed:
            _write(changed)
    return len(changed)


def _lock(keys: list[Any]) -> None:
    """Hold the rows of these products, made where there are none yet, in one order."""
    rows = ProductText.objects.using(database())
    present = set(rows.filter(pk__in=keys).values_list("pk", flat=True))
    if missing := sorted(set(keys) - present):
        new = [ProductText(pk=key, digest="", words="", begun="") for key in missing]
        rows.bulk_create(new, ignore_conflicts=True)
    list(rows.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _colours(keys: Collection[Any]) -> dict[Any, dict[str, float]]:
    """The colours of each product's first picture of which any are known."""
    measured = IndexedImage.objects.using(database()).filter(product__in=keys).exclude(colours={})
    firsts = measured.order_by("product_id", "position", "pk").distinct("product_id")
    return dict(firsts.values_list("product_id", "colours"))


def sync_everything(
    *, find_only: bool = False, watch: catalogue_batches.Watch | None = None
) -> catalogue_batches.Compared:
    """Compare the whole catalogue with its words; finds what sent no signal.

    Words of deleted products are left where the database could not delete them: Django takes
    our constraint away when a shop's migration changes the type of its products' key.
    """
    products = catalogue().model._base_manager.filter(pk=OuterRef("pk"))
    orphans = ProductText.objects.using(database()).filter(~Exists(products))
    gone = orphans.count() if find_only else orphans.delete()[0]
    compared = catalogue_batches.sync_everything(count_differences if find_only else sync, watch)
    return replace(compared, changes=gone + compared.changes)


def count_differences(keys: Collection[Any]) -> int:
    """How much `sync` would change; writes nothing."""
    return len(_changed(keys, products_with(keys)))


def _write(changed: dict[Any, Texts]) -> None:
    """In one order, so that two such writes never wait for each other in a circle."""
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
