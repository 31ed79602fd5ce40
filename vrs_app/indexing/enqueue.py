"""Enqueue the task that drains the outbox and embeds, at once or on commit. Never raises."""

import time
from collections.abc import Iterator

from celery import current_app
from django.db import connections, transaction

from ..infra.broker import send
from ..infra.log import EventLog

log = EventLog(__name__)

TASK = "vrs_app.tasks.embed_waiting"
"""Enqueued by its name: `vrs_app.tasks` imports this module."""

INTERVAL = 1.0
"""Seconds between two messages of one process for its saves.

A message covers all that is committed within this time after it: the task that takes it looks
once more when that time has passed. See `vrs_app.tasks.embed_waiting`."""

_enqueued_at = float("-inf")
"""When this process last enqueued for a save, by `time.monotonic`."""


def enqueue_batch() -> None:
    """Enqueue one batch; errors of the broker are logged and suppressed.

    The message carries no work, the rows do. A broker that is down or silent costs the caller
    about `VRS["BROKER_TIMEOUT"]` seconds at most and loses nothing, since the sweep enqueues
    again. Enqueueing twice is harmless.
    """
    try:
        send(current_app.tasks[TASK])
    except Exception as error:  # each broker's library has errors of its own
        log.warning("not_enqueued", error=error)


def enqueue_for_save() -> None:
    """Enqueue one batch for a save that is committed, at most once an INTERVAL."""
    global _enqueued_at
    now = time.monotonic()
    if now - _enqueued_at >= INTERVAL:
        _enqueued_at = now
        enqueue_batch()


def enqueue_on_commit(using: str) -> None:
    """Enqueue one batch when the transaction commits, however many saves it holds."""
    if enqueue_for_save not in on_commit_hooks(using):
        transaction.on_commit(enqueue_for_save, using=using, robust=True)


def on_commit_hooks(using: str) -> Iterator[object]:
    """The open transaction's on-commit hooks, without those of savepoints rolled back."""
    return (hook for _savepoints, hook, *_ in connections[using].run_on_commit)
