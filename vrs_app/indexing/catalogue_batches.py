"""Sync the whole catalogue, a batch of products at a time."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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


@dataclass(frozen=True, kw_only=True)
class Changes:
    """How many image rows differed, and of how many products the words did."""

    pictures: int = 0
    words: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(pictures=self.pictures + other.pictures, words=self.words + other.words)


Errors = dict[Any, Exception]
"""Why products could not be compared, by their primary keys."""

Sync = Callable[[Sequence[Any], Errors, str], Changes]
"""Syncs the products with these primary keys under a lock timeout; adds what fails to Errors."""

Progress = Callable[[int], None]
"""Called after each batch with the number of its products."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The changes, and by primary key, why a product could not be compared.

    `is_complete` is False if the comparison was given up after MAX_FAULTS products.
    """

    changes: Changes = Changes()
    faults: Mapping[Any, str] = field(default_factory=dict)
    is_complete: bool = True


GIVEN_UP = "given up, since each worker that compared it was lost; save it again when mended"


def sync_in_batches(
    sync: Sync, progress: Progress | None = None, left_out: Collection[str] = ()
) -> Compared:
    """Call `sync` for every product of the shop, hidden ones too.

    Those `left_out`, primary keys as text, are reported as GIVEN_UP, and not looked at.
    Products whose rows are locked are retried once at the end. Raises ProgrammingError if all
    products of a batch fail by it (a table is missing), and whatever means that the database
    is unavailable.
    """
    changes = Changes()
    faults: dict[Any, str] = {}
    locked: list[Any] = []
    for every_key in _key_batches():
        keys = [key for key in every_key if str(key) not in left_out]
        faults |= {key: GIVEN_UP for key in every_key if str(key) in left_out}
        errors: Errors = {}
        changes += sync_batch(sync, keys, errors)
        _raise_if_all_failed(keys, errors)
        locked += [key for key, error in errors.items() if locks.is_lock_timeout(error)]
        faults |= {key: reason(error) for key, error in errors.items()}
        if len(faults) >= MAX_FAULTS:
            return Compared(changes=changes, faults=faults, is_complete=False)
        if progress:
            progress(len(every_key))
    if locked:
        still: Errors = {}
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


def _raise_if_all_failed(keys: Sequence[Any], errors: Errors) -> None:
    """Raise the ProgrammingError by which every product failed, such as a missing table."""
    first = next(iter(errors.values()), None)
    if len(errors) == len(keys) and isinstance(first, ProgrammingError):
        raise first


def sync_batch(
    sync: Sync, keys: Sequence[Any], errors: Errors, timeout: str = LOCK_TIMEOUT
) -> Changes:
    """Sync these products; if that raises, its halves, and so on down to the product at fault.

    So that product costs no other. It is added to `errors`.
    """
    found: Errors = {}
    try:
        changes = _sync_despite_deletions(sync, keys, found, timeout)
    except Exception as error:  # the shop's Catalogue queries its own tables in there
        if isinstance(error, SoftTimeLimitExceeded) or is_database_unavailable(error):
            raise  # no single product is at fault
        if len(keys) == 1:
            errors[keys[0]] = error
            return Changes()
    else:
        errors |= found
        return changes
    middle = len(keys) // 2
    first = sync_batch(sync, keys[:middle], errors, RETRY_LOCK_TIMEOUT)
    return first + sync_batch(sync, keys[middle:], errors, RETRY_LOCK_TIMEOUT)


def _sync_despite_deletions(
    sync: Sync, keys: Sequence[Any], errors: Errors, timeout: str
) -> Changes:
    """Sync, retrying on IntegrityError: a product was deleted meanwhile."""
    for tries_left in reversed(range(MAX_TRIES)):
        errors.clear()
        try:
            return sync(keys, errors, timeout)
        except IntegrityError:
            if not tries_left:
                raise
    return Changes()


def reason(error: Exception) -> str:
    """Why a product could not be compared, in one line."""
    if locks.is_lock_timeout(error):
        return "another transaction holds its rows"
    return describe_error(error)
