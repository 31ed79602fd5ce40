"""Lock timeouts: transactions that wait a bounded time for what others hold."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import OperationalError, connections, transaction
from psycopg.errors import LockNotAvailable

from .db import database

STATEMENT = """
    SELECT set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS each (name, value)
"""


def set_locally(using: str, values: Mapping[str, object]) -> None:
    """As `SET LOCAL` does, with values as parameters; for inside a transaction."""
    texts = [str(value) for value in values.values()]
    with connections[using].cursor() as cursor:
        cursor.execute(STATEMENT, [list(values), texts])


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
