"""Commands in processes of their own, which are killed at a chosen moment.

The moment is a lock that the test holds: as soon as the process waits for it, it is killed,
and what PostgreSQL still does for it is over before the test goes on.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from .processes import ROOT, shared_environment, wait_until

LOCK = 42
"""Of PostgreSQL's advisory locks, the one that a trigger of `stops_at` waits for."""

BY_HAND = """
import django, sys
django.setup()
{setup}
from django.core.management import call_command
call_command(*sys.argv[1:])
"""


@contextmanager
def holding(*statements: str) -> Iterator[int]:
    """A transaction in which these were run, until the end; its process in PostgreSQL."""
    with psycopg.connect(shared_environment()["DATABASE_URL"]) as holder:
        for statement in statements:
            holder.execute(statement.encode())
        yield holder.info.backend_pid
        holder.rollback()


@contextmanager
def stops_at(event: str, table: str, condition: str) -> Iterator[None]:
    """Each row for which `condition` holds waits for `LOCK` before it is changed so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"PERFORM pg_advisory_xact_lock_shared({LOCK}); "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$;"
            f"CREATE TRIGGER wait_for_the_test BEFORE {event} ON {table} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION wait_for_the_test()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION wait_for_the_test() CASCADE")


@contextmanager
def command(
    log: Path, *arguments: str, setup: str = "", **environment: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py` with these arguments, after `setup` in Python; killed in the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", BY_HAND.format(setup=setup), *arguments],
            cwd=ROOT,
            env=shared_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def killed_while_it_waits(
    holder: int, log: Path, *arguments: str, cut: bool = False, setup: str = "", **environment: str
) -> Iterator[None]:
    """Start the command, and at the end of the block kill it, where it waits for `holder`.

    `cut` ends its process in PostgreSQL too, at the same moment.
    """
    with command(log, *arguments, setup=setup, **environment) as process:
        wait_until(lambda: bool(waiting_for(holder)) or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield
        process.kill()
        process.wait()
    if cut:
        for pid in waiting_for(holder):
            _ask("SELECT pg_terminate_backend(%s)", pid)
        wait_until(lambda: not waiting_for(holder))


def settled() -> None:
    """Wait until PostgreSQL has ended the statements of killed processes.

    An idle connection has none: a live server's thread of an earlier test may hold one.
    """
    others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    others += " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    others += " AND state <> 'idle'"
    wait_until(lambda: not _ask(others), seconds=30)


def succeeded(log: Path, *arguments: str, **environment: str) -> str:
    """What the command said, which has to go well."""
    with command(log, *arguments, **environment) as process:
        assert process.wait(120) == os.EX_OK, log.read_text()
    return log.read_text()


def waiting_for(holder: int) -> list[int]:
    """The processes in PostgreSQL that wait for what `holder` holds."""
    return _ask("SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", holder)


def _ask(statement: str, *parameters: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]
