"""What a worker and reconciling compare, with nothing at fault."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from vrs_app.indexing import compare, image_rows
from vrs_app.indexing.catalogue_batches import Changes, Errors
from vrs_app.models import IndexedImage


def sync(*products: Any) -> Changes:
    """Sync the rows of these products, or of those with these primary keys."""
    keys: Sequence[Any] = [getattr(each, "pk", each) for each in products]
    errors: Errors = {}
    changes = compare.sync(keys, errors)
    assert not errors, errors
    return changes


def sync_all() -> Changes:
    """Sync the whole catalogue."""
    compared = compare.sync_catalogue()
    assert not compared.faults, compared.faults
    return compared.changes


def invalidate_files(products: Iterable[Any], names: Collection[str]) -> int:
    """As if the files `names` of these products had new bytes; returns the number of rows."""
    return image_rows.invalidate(IndexedImage.objects.filter(product__in=products, name__in=names))
