"""Whether the parts of the shop answer."""

import time
import urllib.request
from collections.abc import Callable

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from shop.services.signals import raise_if_stopping

PATIENCE = 60.0


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Raises TimeoutError naming `what`, SystemExit where the soak was asked to stop."""
    patience = time.monotonic() + seconds
    while not condition():
        raise_if_stopping()
        if time.monotonic() > patience:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


def serves(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=10):
            return True
    except OSError:
        return False


def hears(worker: str) -> bool:
    """Whether a worker answers through the broker."""
    from celery import current_app

    from vrs_app.infra.broker import short_timeouts

    try:
        with current_app.connection_for_write(**short_timeouts(2.0)) as connection:
            ping = current_app.control.ping
            return bool(ping(destination=[worker], timeout=1.0, connection=connection))
    except Exception:  # each broker's library has errors of its own
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
    """Raises SystemExit where the soak was asked to stop."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        raise_if_stopping()
        time.sleep(min(left, 0.2))
