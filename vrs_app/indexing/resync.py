"""Sync saved products once more after the commit: concurrent saves do not see each other's rows.

Each of two saves of one product counts only its own pictures, and so gives them positions that
may clash. The save that commits last sees both.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from ..infra import locks
from ..infra.db import is_database_unavailable
from ..infra.log import EventLog
from . import catalogue_batches, enqueue, image_rows, text_rows
from .enqueue import on_commit_hooks

log = EventLog(__name__)

MAX_ROUNDS = 5
"""Syncs of one product at most; more are needed only where its pictures have no stable order."""


def resync_on_commit(keys: Collection[Any], using: str) -> None:
    """Sync these products' image rows again once the transaction commits.

    Calls of one transaction are joined. A product that began to show a picture in a concurrent
    save is not among the keys: reconcile finds it.
    """
    for hook in on_commit_hooks(using):
        owner = getattr(hook, "__self__", None)
        if isinstance(owner, Resync):
            owner.keys.update(keys)
            return
    transaction.on_commit(Resync(keys).run, using=using, robust=True)


class Resync:
    """A sync of the products `keys` after their save. Its errors are logged, never raised."""

    def __init__(self, keys: Collection[Any]) -> None:
        self.keys = set(keys)
        self._failed: dict[Any, Exception] = {}

    def run(self) -> None:
        """Sync in batches; enqueue a batch of embedding if anything changed."""
        left, changes = list(self.keys), 0
        try:
            while left:
                changes += self._sync(left[: catalogue_batches.PRODUCTS_PER_BATCH])
                left = left[catalogue_batches.PRODUCTS_PER_BATCH :]
        except Exception as error:  # the database is unavailable, which fails all that is left
            self._failed |= dict.fromkeys(left, error)
        if changes:
            enqueue.enqueue_batch()
        if self._failed:
            self._log_failures()

    def _sync(self, keys: list[Any]) -> int:
        """Sync until nothing differs: a concurrent save may commit between two rounds."""
        changes, changed, rounds = 0, 1, 0
        while changed and rounds < MAX_ROUNDS:
            changed = catalogue_batches.sync_batch(image_rows.sync, keys, self._failed)
            keys = [key for key in keys if key not in self._failed]
            changes, rounds = changes + changed, rounds + 1
        if changed:
            log.warning("resync_unsettled", products=len(keys), rounds=rounds)
        if changes:  # the text row has the colours of the first picture, which may be another now
            catalogue_batches.sync_batch(text_rows.sync, keys, self._failed)
        return changes

    def _log_failures(self) -> None:
        """One line, however many products failed; the next reconcile compares them again."""
        key, error = next(iter(self._failed.items()))
        fields = {"products": len(self._failed), "product": key, "error": error}
        if locks.is_lock_timeout(error) or is_database_unavailable(error):
            log.warning("resync_failed", **fields)
        else:
            log.error("resync_failed", stack=error, **fields)
