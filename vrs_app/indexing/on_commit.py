"""What is done once a transaction is committed, and once for all the saves that it holds."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connections, transaction

from ..infra import locks
from ..infra.db import is_away
from ..infra.log import EventLog
from . import catalogue_batches, enqueue, image_rows, text_rows

log = EventLog(__name__)

ROUNDS = 5
"""How often one second look compares; more are needed only where pictures have no order."""


def enqueue_on_commit(using: str) -> None:
    """Enqueue one batch when the transaction commits, however many saves it holds."""
    if enqueue.enqueue_batch not in _waiting(using):
        transaction.on_commit(enqueue.enqueue_batch, using=using, robust=True)


def look_again_on_commit(keys: Collection[Any], using: str) -> None:
    """Once the transaction commits, compare these products with their image rows again.

    Two saves of one product at once know nothing of each other's pictures, and each counts
    its own into the first place. Whoever commits last sees both. A product that began to
    show a picture in another save meanwhile is not among the keys: reconciling finds it.
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
        left, changes = list(self.keys), 0
        try:
            while left:
                changes += self._mend(left[: catalogue_batches.CHUNK])
                left = left[catalogue_batches.CHUNK :]
        except Exception as error:  # nothing of a single product's: the database is away
            self._failed |= dict.fromkeys(left, error)
        if changes:
            enqueue.enqueue_batch()
        if self._failed:
            self._tell()

    def _mend(self, keys: list[Any]) -> int:
        """Look until nothing differs: what a look writes may be blind for another save itself."""
        changes, changed, rounds = 0, 1, 0
        while changed and rounds < ROUNDS:
            changed = catalogue_batches.sync_chunk(image_rows.sync, keys, self._failed)
            keys = [key for key in keys if key not in self._failed]
            changes, rounds = changes + changed, rounds + 1
        if changed:
            log.warning("second_look_never_ends", products=len(keys), rounds=rounds)
        if changes:  # another picture may be the first, whose colours are among the words
            catalogue_batches.sync_chunk(text_rows.sync, keys, self._failed)
        return changes

    def _tell(self) -> None:
        """One line, however many products; the next reconciling looks at them again."""
        key, error = next(iter(self._failed.items()))
        told = {"products": len(self._failed), "product": key, "error": error}
        if locks.is_locked(error) or is_away(error):
            log.warning("second_look_failed", **told)
        else:
            log.error("second_look_failed", stack=error, **told)


def _waiting(using: str) -> Iterator[object]:
    """What is called when the transaction commits; nothing of a savepoint rolled back."""
    return (hook for _savepoints, hook, *_ in connections[using].run_on_commit)
