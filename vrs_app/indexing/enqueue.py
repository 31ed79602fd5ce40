"""Enqueue the task that embeds waiting pictures, at once or on commit. Never raises."""

from collections.abc import Iterator

from celery import current_app
from django.db import connections, transaction

from ..infra.broker import send
from ..infra.log import EventLog

log = EventLog(__name__)

TASK = "vrs_app.tasks.embed_waiting"
"""Enqueued by its name: `vrs_app.tasks` imports this module."""


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


def enqueue_on_commit(using: str) -> None:
    """Enqueue one batch when the transaction commits, however many saves it holds."""
    if enqueue_batch not in on_commit_hooks(using):
        transaction.on_commit(enqueue_batch, using=using, robust=True)


def on_commit_hooks(using: str) -> Iterator[object]:
    """The open transaction's on-commit hooks, without those of savepoints rolled back."""
    return (hook for _savepoints, hook, *_ in connections[using].run_on_commit)
