"""What is done once a transaction is committed, and once for all the saves that it holds."""

from collections.abc import Collection
from typing import Any

from django.db import connections, transaction

from . import chunks, rows, tasks
from .events import EventLog
from .transactions import FaultsKept

log = EventLog(__name__)

PATIENCE = "200ms"
"""How long a second look waits for who holds the rows: most likely a save, which looks again
itself."""


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
        if isinstance(hook, _SecondLook):
            hook.keys.update(keys)
            return
    transaction.on_commit(_SecondLook(keys), using=using, robust=True)


class _SecondLook:
    def __init__(self, keys: Collection[Any]) -> None:
        self.keys = set(keys)

    def __call__(self) -> None:
        """A fault in it is the log's: the save is done, and the next reconciling looks, too."""
        keys = list(self.keys)
        changes = 0
        with FaultsKept(lambda error: log.warning("second_look_failed", error=error)):
            for start in range(0, len(keys), chunks.CHUNK):
                chunk = keys[start : start + chunks.CHUNK]
                changes += chunks.sync_despite_deletions(rows.sync, chunk, PATIENCE)
        if changes:
            tasks.ring()


def _waiting(using: str) -> list[object]:
    """What is called when the transaction commits; nothing of a savepoint rolled back."""
    return [hook for _savepoints, hook, *_ in connections[using].run_on_commit]
