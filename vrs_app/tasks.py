"""Thin Celery tasks, and the bell that starts them."""

import logging
from typing import Any

from celery import current_app, shared_task

from . import indexing
from .conf import conf

logger = logging.getLogger(__name__)

GRACE = 20
"""Seconds between asking a task to stop and stopping it."""


@shared_task(acks_late=True, ignore_result=True, max_retries=0)
def embed_waiting() -> None:
    """Embed one batch of waiting pictures and ring again if more wait."""
    if indexing.embed_batch().more_wait:
        ring()


@shared_task(ignore_result=True, max_retries=0)
def sweep() -> None:
    """Ring for all that no bell was heard for; sent by the shop's beat.

    Always, since what waits may be unknown yet: weights that are there at last, or other
    ones in the settings, whose space only a worker can make.
    """
    ring()
    indexing.sweep()


def ring() -> None:
    """Ask for a worker, fire and forget.

    The call carries no work: the rows do. So a broker that is down or silent costs the
    caller `VRS["BROKER_TIMEOUT"]` and loses nothing; the sweep rings for it later.
    """
    try:
        send(embed_waiting)
    except Exception as error:  # each broker's library has errors of its own
        logger.warning("The broker did not take the bell; the sweep will ring: %r", error)


def send(task: Any) -> None:
    """Ask a worker of our queue to run `task`; raises whatever the broker's library raises."""
    with current_app.connection_for_write(**impatient(conf.BROKER_TIMEOUT)) as connection:
        task.apply_async(
            connection=connection,
            queue=conf.QUEUE,
            retry=False,
            soft_time_limit=conf.BATCH_TIME_LIMIT,
            time_limit=conf.BATCH_TIME_LIMIT + GRACE,
        )


def impatient(seconds: float) -> dict[str, Any]:
    """For a connection of our own with short timeouts, whatever the shop's Celery settings."""
    return {
        "connect_timeout": seconds,
        "transport_options": {
            **current_app.conf.broker_transport_options,
            "socket_timeout": seconds,
            "socket_connect_timeout": seconds,
            "retry_on_timeout": False,
            "max_retries": 0,
        },
    }
