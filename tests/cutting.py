"""Connections that PostgreSQL cuts before a chosen statement, as when it is restarted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DatabaseError, connection

from .processes import shared_environment

WAIT = 5_000
"""Milliseconds until the connection's process has ended, at most."""

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def cut() -> None:
    """End what serves the tests' connection, without its knowing."""
    assert connection.connection is not None
    with psycopg.connect(shared_environment()["DATABASE_URL"], autocommit=True) as other:
        pid = connection.connection.info.backend_pid
        ended = other.execute("SELECT pg_terminate_backend(%s, %s)", [pid, WAIT]).fetchone()
    assert ended == (True,)


def at_each_statement(work: Callable[[], object]) -> Iterator[bool]:
    """Do `work` again and again, cut off before its first statement, its second, and so on.

    Each time whether it raised no database error. Ends with the time that goes uncut.
    """
    number, is_cut = 0, True
    while is_cut:
        is_told_done = True
        with _cut_before(number) as asked:
            try:
                work()
            except DatabaseError:
                is_told_done = False
        connection.close()
        is_cut = len(asked) > number
        number += 1
        yield is_told_done


@contextmanager
def _cut_before(number: int) -> Iterator[list[str]]:
    """Of the statements in the block; what was asked."""
    asked: list[str] = []

    def executed(
        execute: Execute, statement: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        asked.append(statement)
        if len(asked) == number + 1:
            cut()
        return execute(statement, parameters, many, context)

    connection.ensure_connection()
    with connection.execute_wrapper(executed):
        yield asked
