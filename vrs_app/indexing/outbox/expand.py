"""From rows that were saved to products, as both are committed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, router

from ...catalogue import catalogue, keys_of
from ...infra.db import database, is_database_unavailable
from ...infra.transactions import savepoint_if_needed
from ...models import Change
from . import append


def product_keys(claimed: Iterable[Change]) -> dict[Any, list[Change]]:
    """The claimed rows by the primary keys of their products; those that are keys at all."""
    found: dict[Any, list[Change]] = defaultdict(list)
    for change in claimed:
        if change.product and (key := _key(catalogue().model, change.product)) is not None:
            found[key].append(change)
    return found


def append_others(claimed: Sequence[Change]) -> dict[Change, Exception]:
    """Call the Catalogue's `products_of` again, and append the products that were not known.

    A relation may have been written after the save. Returns the rows that raise, with their
    errors.
    """
    errors: dict[Change, Exception] = {}
    known = {change.product for change in claimed}
    for label, changes in _by_model(claimed).items():
        with _errors_kept(changes.values(), errors):
            for row in _load(label, changes):
                with _errors_kept([changes[row.pk]], errors):
                    found = keys_of(catalogue().products_of(row))
                    others = {str(key) for key in found} - known
                    append.append_new(others)
                    known |= others
    return errors


@contextmanager
def _errors_kept(changes: Collection[Change], errors: dict[Change, Exception]) -> Iterator[None]:
    """Add what the shop's code raises to `errors`, for these rows."""
    try:
        with savepoint_if_needed(database()):
            yield
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # the shop's Catalogue may raise anything
        if is_database_unavailable(error):
            raise
        errors |= dict.fromkeys(changes, error)


def _by_model(claimed: Iterable[Change]) -> dict[str, dict[Any, Change]]:
    """One outbox row of each saved row, by the model's label and the primary key."""
    found: dict[str, dict[Any, Change]] = defaultdict(dict)
    for change in claimed:
        if not change.model:
            continue
        try:
            model = apps.get_model(change.model)
        except LookupError:  # the shop has removed it
            continue
        if (key := _key(model, change.key)) is not None:
            found[change.model][key] = change
    return found


def _key(model: type[models.Model], text: str) -> Any | None:
    """A primary key from its text; None if the model's keys have another type by now."""
    try:
        return model._meta.pk.to_python(text)
    except ValidationError:
        return None


def _load(label: str, keys: Collection[Any]) -> list[models.Model]:
    """The rows of a watched model with these primary keys, from where it is written."""
    model = apps.get_model(label)
    is_here = router.allow_migrate_model(database(), model)
    using = database() if is_here else router.db_for_write(model)
    rows = model._base_manager.using(using).filter(pk__in=keys)
    return [row for row in rows if row.pk in keys]
