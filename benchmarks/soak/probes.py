"""Probes of the shop's parts, and waiting that a stop signal interrupts."""

import time
import urllib.request
from collections.abc import Callable

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from shop.services.signals import raise_if_stopping

TIMEOUT = 60.0
"""Seconds that `wait_until` waits by default."""


def wait_until(condition: Callable[[], bool], what: str, seconds: float = TIMEOUT) -> None:
    """Poll `condition`. Raises TimeoutError naming `what`, SystemExit after a stop signal."""
    deadline = time.monotonic() + seconds
    while not condition():
        raise_if_stopping()
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


def web_answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=10):
            return True
    except OSError:
        return False


def worker_answers(worker: str) -> bool:
    """Whether the Celery node `worker` answers a ping through the broker."""
    from celery import current_app

    from vrs_app.infra.broker import short_timeouts

    try:
        with current_app.connection_for_write(**short_timeouts(2.0)) as connection:
            ping = current_app.control.ping
            return bool(ping(destination=[worker], timeout=1.0, connection=connection))
    except Exception:  # each broker's library raises its own errors
        return False


def postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_answers(url: str) -> bool:
    try:
        with Redis.from_url(url, socket_timeout=1) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def sleep(seconds: float) -> None:
    """Sleep; raises SystemExit after a stop signal."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        raise_if_stopping()
        time.sleep(min(left, 0.2))
