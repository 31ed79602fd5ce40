"""Transactions that wait a bounded time for what a shop's own transactions hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connections, transaction
from psycopg.errors import LockNotAvailable

from .databases import database
from .local_settings import set_locally


@contextmanager
def short_of_patience(patience: str) -> Iterator[None]:
    """A transaction in which no lock is waited for longer, written as PostgreSQL does: "1s".

    Inside another one, the waiting is that one's own business.
    """
    using = database()
    is_outermost = not connections[using].in_atomic_block
    with transaction.atomic(using=using):
        if is_outermost:
            set_locally(using, {"lock_timeout": patience})
        yield


def is_locked(error: BaseException) -> bool:
    """Whether a lock was not to be had in time."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, LockNotAvailable)
