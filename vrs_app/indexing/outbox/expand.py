"""From rows that were saved to products, as both are committed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, router

from ...catalogue import catalogue
from ...infra.db import database
from ...infra.transactions import savepoint_if_needed
from ...models import Change
from . import append


def product_keys(claimed: Iterable[Change]) -> dict[Any, list[Change]]:
    """The claimed rows by the primary keys of their products; those that are keys at all."""
    found: dict[Any, list[Change]] = defaultdict(list)
    for change in claimed:
        for key in _keys_of(catalogue().model, [change.product]):
            found[key].append(change)
    return found


def append_others(claimed: Sequence[Change]) -> tuple[int, dict[Change, Exception]]:
    """Call the Catalogue's `products_of` again, and append the products that were not known.

    A relation may have been written after the save. Returns the number of these products, and
    the rows that raise, with their errors.
    """
    count = 0
    errors: dict[Change, Exception] = {}
    known = {change.product for change in claimed}
    for change, row in _rows(claimed):
        try:
            with savepoint_if_needed(database()):
                others = {str(key) for key in catalogue().products_of(row)} - known
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # the shop's Catalogue may raise anything
            errors[change] = error
        else:
            append.append_new(others)
            known |= others
            count += len(others)
    return count, errors


def _rows(claimed: Iterable[Change]) -> Iterator[tuple[Change, models.Model]]:
    """Each saved row that is still there, once, with one of its outbox rows."""
    by_model: dict[str, dict[str, Change]] = defaultdict(dict)
    for change in claimed:
        if change.model:
            by_model[change.model][change.key] = change
    for label, changes in by_model.items():
        try:
            rows = _load(label, changes)
        except LookupError:  # the shop has removed the model
            continue
        for row in rows:
            yield changes[str(row.pk)], row


def _load(label: str, keys: Collection[str]) -> list[models.Model]:
    """The rows of a watched model with these primary keys, from where it is written."""
    model = apps.get_model(label)
    wanted = _keys_of(model, keys)
    is_here = router.allow_migrate_model(database(), model)
    using = database() if is_here else router.db_for_write(model)
    return list(model._base_manager.using(using).filter(pk__in=wanted))


def _keys_of(model: type[models.Model], texts: Iterable[str]) -> list[Any]:
    """The texts that are primary keys of the model; a migration may have changed their type."""
    keys = []
    for text in texts:
        with suppress(ValidationError):
            keys.append(model._meta.pk.to_python(text))
    return [key for key in keys if key not in ("", None)]
