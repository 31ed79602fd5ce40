"""The whole catalogue, a chunk of products at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, ProgrammingError

from ..catalogue import catalogue
from ..infra import locks
from ..infra.db import database, is_away
from ..infra.redaction import described

CHUNK = 500
"""Products that are compared with what we noted of them at once."""

TRIES = 5
"""How often a chunk is looked at in which products are being deleted."""

PATIENCE, NO_PATIENCE = "500ms", "10ms"
"""How long a chunk waits for a save that goes on, and a part of one that has waited.

Less than PostgreSQL's `deadlock_timeout`, so that of two in a circle we give way, not the shop.
"""

MOST_FAULTS = 1_000
"""Products that could not be compared, after which the others are not looked at either."""

Sync = Callable[[Sequence[Any]], int]
"""Takes primary keys of products; answers how much it changed."""

Watch = Callable[[int], None]
"""Is told of each chunk how many products it held."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """How much was changed; and by primary key, why a product could not be compared.

    `is_whole` is False where so many could not that the comparison was given up.
    """

    changes: int = 0
    faults: Mapping[Any, str] = field(default_factory=dict)
    is_whole: bool = True


def sync_everything(sync: Sync, watch: Watch | None = None) -> Compared:
    """Call `sync` for every product of the shop, hidden ones too.

    A product that the shop's Catalogue fails at costs no other: its chunk is taken apart. Those
    that somebody holds are tried once more when all others are done.
    """
    changes = 0
    faults: dict[Any, str] = {}
    held: list[Any] = []
    for keys in _chunks():
        failed: dict[Any, Exception] = {}
        changes += sync_chunk(sync, keys, failed)
        _raise_what_all_failed_by(keys, failed)
        held += [key for key, error in failed.items() if locks.is_locked(error)]
        faults |= {key: _why(error) for key, error in failed.items()}
        if len(faults) >= MOST_FAULTS:
            return Compared(changes=changes, faults=faults, is_whole=False)
        if watch:
            watch(len(keys))
    if held:
        still: dict[Any, Exception] = {}
        changes += sync_chunk(sync, held, still)
        faults = {key: why for key, why in faults.items() if key not in held or key in still}
    return Compared(changes=changes, faults=faults)


def _chunks() -> Iterator[list[Any]]:
    """The keys of all products, without a cursor that a lost connection would take along."""
    every = catalogue().model._base_manager.using(database()).order_by("pk")
    keys = list(every.values_list("pk", flat=True)[:CHUNK])
    while keys:
        yield keys
        beyond = every.filter(pk__gt=keys[-1]) if len(keys) == CHUNK else every.none()
        keys = list(beyond.values_list("pk", flat=True)[:CHUNK])


def _raise_what_all_failed_by(keys: Sequence[Any], failed: Mapping[Any, Exception]) -> None:
    """A table that is not there is no fault of each product's."""
    first = next(iter(failed.values()), None)
    if len(failed) == len(keys) and isinstance(first, ProgrammingError):
        raise first


def sync_chunk(
    sync: Sync, keys: Sequence[Any], failed: dict[Any, Exception], patience: str = PATIENCE
) -> int:
    """Sync the chunk, else its halves, and so on down to the product that is at fault."""
    try:
        return _sync_despite_deletions(sync, keys, patience)
    except Exception as error:  # the shop's Catalogue reads its tables in there
        if isinstance(error, SoftTimeLimitExceeded) or is_away(error):
            raise  # which says nothing of a single product
        if len(keys) == 1:
            failed[keys[0]] = error
            return 0
    middle = len(keys) // 2
    halves = keys[:middle], keys[middle:]
    return sum(sync_chunk(sync, half, failed, NO_PATIENCE) for half in halves)


def _sync_despite_deletions(sync: Sync, keys: Sequence[Any], patience: str) -> int:
    """A product that is deleted just now fails the whole chunk, once: then it is gone."""
    for tries_left in reversed(range(TRIES)):
        try:
            with locks.short_of_patience(patience):
                return sync(keys)
        except IntegrityError:
            if not tries_left:
                raise
    return 0


def _why(error: Exception) -> str:
    if locks.is_locked(error):
        return "another transaction holds its rows"
    return described(error)
