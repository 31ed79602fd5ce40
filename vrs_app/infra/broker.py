"""Enqueue Celery tasks with short timeouts, so that a broker that is down costs little time."""

import math
import time
from typing import Any

from celery import current_app

from ..conf import conf

ENQUEUED_AT = "vrs_enqueued_at"
"""The message's header with the time at which it was sent, in seconds since 1970."""

HARD_LIMIT_MARGIN = 20
"""Seconds between a task's soft and hard time limits."""


def send(
    task: Any,
    *arguments: Any,
    queue: str | None = None,
    time_limit: float | None = None,
    expires: float | None = None,
) -> None:
    """Enqueue `task` on `queue` (`VRS["QUEUE"]`), waiting `VRS["BROKER_TIMEOUT"]` seconds at most.

    `time_limit` is the soft limit in seconds (`VRS["BATCH_TIME_LIMIT"]`); the hard limit is
    HARD_LIMIT_MARGIN later. A task still queued after `expires` seconds is discarded. Raises
    whatever the broker's library raises.
    """
    limit = time_limit or conf.BATCH_TIME_LIMIT
    with current_app.connection_for_write(**short_timeouts(conf.BROKER_TIMEOUT)) as connection:
        task.apply_async(
            args=arguments,
            connection=connection,
            queue=queue or conf.QUEUE,
            headers={ENQUEUED_AT: time.time()},
            retry=False,
            expires=expires,
            soft_time_limit=limit,
            time_limit=limit + HARD_LIMIT_MARGIN,
        )


def age_of(request: Any) -> float:
    """Seconds since the message of a task's `request` was sent, by two machines' clocks.

    Infinite for a task that was not sent by `send`, or is run without a message.
    """
    sent = None if request.called_directly or request.is_eager else request.get(ENQUEUED_AT)
    return math.inf if sent is None else max(0.0, time.time() - sent)


def short_timeouts(seconds: float) -> dict[str, Any]:
    """Options for a broker connection that waits `seconds` at most and never retries.

    They override the timeouts of the shop's own Celery settings.
    """
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
