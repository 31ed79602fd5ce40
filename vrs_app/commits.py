"""What is done once a transaction is committed, and once for all the saves that it holds."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connections, transaction

from . import chunks, locking, rows, tasks, texts
from .databases import is_away
from .events import EventLog
from .transactions import FaultsKept

log = EventLog(__name__)


def ring_on_commit(using: str) -> None:
    """Ring the bell once when the transaction commits, however many saves it holds."""
    if tasks.ring not in _waiting(using):
        transaction.on_commit(tasks.ring, using=using, robust=True)


def look_again_on_commit(keys: Collection[Any], using: str) -> None:
    """Once the transaction commits, compare these products with their image rows again.

    Two saves of one product at once know nothing of each other's pictures, and each counts
    its own into the first place. Whoever commits last sees both.
    """
    for hook in _waiting(using):
        waiting = getattr(hook, "__self__", None)
        if isinstance(waiting, SecondLook):
            waiting.keys.update(keys)
            return
    transaction.on_commit(SecondLook(keys).look, using=using, robust=True)


class SecondLook:
    """At the products `keys`; whatever fails in it is the log's, since the save is done."""

    def __init__(self, keys: Collection[Any]) -> None:
        self.keys = set(keys)
        self._failed: dict[Any, Exception] = {}

    def look(self) -> None:
        keys = list(self.keys)
        with FaultsKept(lambda error: self._failed.update(dict.fromkeys(keys, error))):
            changes = 0
            for start in range(0, len(keys), chunks.CHUNK):
                changes += self._mend(keys[start : start + chunks.CHUNK])
            if changes:
                tasks.ring()
        if self._failed:
            self._tell()

    def _mend(self, keys: list[Any]) -> int:
        """Look until nothing differs: what a look writes may be blind for another save itself."""
        changes = 0
        failed: dict[Any, Exception] = {}
        for _ in range(chunks.TRIES):
            failed.clear()
            changed = chunks.sync_chunk(rows.sync, keys, failed)
            if not changed:
                break
            changes += changed
        if changes:  # another picture may be the first, whose colours are among the words
            chunks.sync_chunk(texts.sync, keys, failed)
        self._failed |= failed
        return changes

    def _tell(self) -> None:
        """One line, however many products; the next reconciling looks at them again."""
        key, error = next(iter(self._failed.items()))
        is_our_fault = not (locking.is_locked(error) or is_away(error))
        log.error(
            "second_look_failed",
            products=len(self._failed),
            product=key,
            error=error,
            stack=error if is_our_fault else None,
        )


def _waiting(using: str) -> Iterator[object]:
    """What is called when the transaction commits; nothing of a savepoint rolled back."""
    return (hook for _savepoints, hook, *_ in connections[using].run_on_commit)
