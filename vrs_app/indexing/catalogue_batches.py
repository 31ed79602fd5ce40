"""Sync the whole catalogue, a batch of products at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, ProgrammingError

from ..catalogue import catalogue
from ..infra import locks
from ..infra.db import database, is_database_unavailable
from ..infra.redaction import describe_error

PRODUCTS_PER_BATCH = 500
"""Products that are compared with their rows in one transaction."""

MAX_TRIES = 5
"""Tries of a batch in which products are being deleted at the same time."""

LOCK_TIMEOUT = "500ms"
"""Lock timeout of a batch.

Below PostgreSQL's `deadlock_timeout` (1 s), so that in a deadlock this side gives up, not the
shop's save."""

RETRY_LOCK_TIMEOUT = "10ms"
"""Lock timeout of the parts of a batch that failed, since the batch has waited already."""

MAX_FAULTS = 1_000
"""Products that could not be compared, after which the comparison is given up."""

Sync = Callable[[Sequence[Any]], int]
"""Syncs the products with these primary keys; returns the number of changes."""

Progress = Callable[[int], None]
"""Called after each batch with the number of its products."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The number of changes, and by primary key, why a product could not be compared.

    `is_complete` is False if the comparison was given up after MAX_FAULTS products.
    """

    changes: int = 0
    faults: Mapping[Any, str] = field(default_factory=dict)
    is_complete: bool = True


def sync_in_batches(sync: Sync, progress: Progress | None = None) -> Compared:
    """Call `sync` for every product of the shop, hidden ones too.

    A batch that fails is halved down to the product at fault, so that it costs no other.
    Products whose rows are locked are retried once at the end. Raises ProgrammingError if all
    products of a batch fail by it (a table is missing), and whatever means that the database
    is unavailable.
    """
    changes = 0
    faults: dict[Any, str] = {}
    locked: list[Any] = []
    for keys in _key_batches():
        failed: dict[Any, Exception] = {}
        changes += sync_batch(sync, keys, failed)
        _raise_if_all_failed(keys, failed)
        locked += [key for key, error in failed.items() if locks.is_lock_timeout(error)]
        faults |= {key: _reason(error) for key, error in failed.items()}
        if len(faults) >= MAX_FAULTS:
            return Compared(changes=changes, faults=faults, is_complete=False)
        if progress:
            progress(len(keys))
    if locked:
        still: dict[Any, Exception] = {}
        changes += sync_batch(sync, locked, still)
        faults = {key: why for key, why in faults.items() if key not in locked or key in still}
    return Compared(changes=changes, faults=faults)


def _key_batches() -> Iterator[list[Any]]:
    """The keys of all products, by keyset pagination: a lost connection ends no cursor."""
    every = catalogue().model._base_manager.using(database()).order_by("pk")
    keys = list(every.values_list("pk", flat=True)[:PRODUCTS_PER_BATCH])
    while keys:
        yield keys
        is_full = len(keys) == PRODUCTS_PER_BATCH
        beyond = every.filter(pk__gt=keys[-1]) if is_full else every.none()
        keys = list(beyond.values_list("pk", flat=True)[:PRODUCTS_PER_BATCH])


def _raise_if_all_failed(keys: Sequence[Any], failed: Mapping[Any, Exception]) -> None:
    """Raise the ProgrammingError by which every product failed, such as a missing table."""
    first = next(iter(failed.values()), None)
    if len(failed) == len(keys) and isinstance(first, ProgrammingError):
        raise first


def sync_batch(
    sync: Sync, keys: Sequence[Any], failed: dict[Any, Exception], timeout: str = LOCK_TIMEOUT
) -> int:
    """Sync these products; if that fails, its halves, and so on down to the product at fault.

    Adds the products at fault to `failed`, with their errors. Returns the number of changes.
    """
    try:
        return _sync_despite_deletions(sync, keys, timeout)
    except Exception as error:  # the shop's Catalogue queries its own tables in there
        if isinstance(error, SoftTimeLimitExceeded) or is_database_unavailable(error):
            raise  # no single product is at fault
        if len(keys) == 1:
            failed[keys[0]] = error
            return 0
    middle = len(keys) // 2
    halves = keys[:middle], keys[middle:]
    return sum(sync_batch(sync, half, failed, RETRY_LOCK_TIMEOUT) for half in halves)


def _sync_despite_deletions(sync: Sync, keys: Sequence[Any], timeout: str) -> int:
    """Sync in one transaction, retrying on IntegrityError: a product was deleted meanwhile."""
    for tries_left in reversed(range(MAX_TRIES)):
        try:
            with locks.lock_timeout(timeout):
                return sync(keys)
        except IntegrityError:
            if not tries_left:
                raise
    return 0


def _reason(error: Exception) -> str:
    if locks.is_lock_timeout(error):
        return "another transaction holds its rows"
    return describe_error(error)
