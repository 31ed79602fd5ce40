"""What a worker and reconciling compare, with nothing at fault."""

from collections.abc import Sequence
from typing import Any

from vrs_app.indexing import compare
from vrs_app.indexing.catalogue_batches import Changes, Errors


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
