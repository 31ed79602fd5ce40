"""Sending to workers, with little patience for a broker that is down or silent."""

from typing import Any

from celery import current_app

from ..conf import conf

GRACE = 20
"""Seconds between asking a task to stop and stopping it."""


def send(
    task: Any,
    *arguments: Any,
    queue: str | None = None,
    time_limit: float | None = None,
    expires: float | None = None,
) -> None:
    """Ask a worker of `queue`, else of `VRS["QUEUE"]`, to run `task`.

    It is asked to stop after `time_limit` seconds, else `VRS["BATCH_TIME_LIMIT"]`, and not
    begun after `expires`. Raises whatever the broker's library raises.
    """
    limit = time_limit or conf.BATCH_TIME_LIMIT
    with current_app.connection_for_write(**impatient(conf.BROKER_TIMEOUT)) as connection:
        task.apply_async(
            args=arguments,
            connection=connection,
            queue=queue or conf.QUEUE,
            retry=False,
            expires=expires,
            soft_time_limit=limit,
            time_limit=limit + GRACE,
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
