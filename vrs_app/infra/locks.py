"""Lock timeouts: transactions that wait a bounded time for locks that others hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

from .db import database
from .transactions import read_committed, set_locally


@contextmanager
def lock_timeout(limit: str) -> Iterator[None]:
    """A `read_committed` transaction with this `lock_timeout`, as "500ms" or "1s".

    Inside another transaction it is a savepoint, and that transaction's timeout stays.
    A lock that is not granted in time raises an OperationalError: see `is_lock_timeout`.
    """
    using = database()
    is_outermost = not connections[using].in_atomic_block
    with read_committed(using):
        if is_outermost:
            set_locally(using, {"lock_timeout": limit})
        yield


def is_lock_timeout(error: BaseException) -> bool:
    """Whether a lock was not granted in time."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, LockNotAvailable)
