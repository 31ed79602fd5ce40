"""Enqueues the task that embeds waiting pictures; a broker that is down fails nobody."""

from celery import current_app

from ..infra.broker import send
from ..infra.log import EventLog

log = EventLog(__name__)

TASK = "vrs_app.tasks.embed_waiting"
"""By its name, since tasks stand above this room."""


def enqueue_batch() -> None:
    """Enqueue one batch, fire and forget; errors of the broker are logged.

    The message carries no work: the rows do. So a broker that is down or silent costs the
    caller at most about `VRS["BROKER_TIMEOUT"]` seconds and loses nothing: the sweep enqueues
    again. Enqueueing twice is harmless.
    """
    try:
        send(current_app.tasks[TASK])
    except Exception as error:  # each broker's library has errors of its own
        log.warning("not_enqueued", error=error)
