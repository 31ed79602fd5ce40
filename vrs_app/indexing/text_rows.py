"""Text rows: one `ProductText` per product, compared with its texts and measured colours."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from ..catalogue import catalogue
from ..infra.db import database
from ..models import ProductText
from .text_document import Texts


def changed(keys: Collection[Any], texts: Mapping[Any, Texts]) -> dict[Any, Texts]:
    """The `texts`, by key, of the products whose row is absent or has another digest."""
    rows = ProductText.objects.using(database()).filter(pk__in=keys)
    stored = dict(rows.values_list("pk", "digest"))
    return {key: each for key, each in texts.items() if each.digest != stored.get(key)}


def write(changed: Mapping[Any, Texts]) -> None:
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


def orphans() -> QuerySet[ProductText]:
    """Rows of deleted products, which our ON DELETE CASCADE constraint has missed.

    Django drops it when a migration of the shop changes the type of its products' key, until
    that `migrate` ends.
    """
    products = catalogue().model._base_manager.filter(pk=OuterRef("pk"))
    return ProductText.objects.using(database()).filter(~Exists(products))
