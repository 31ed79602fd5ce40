"""Work on other connections, also two transactions at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

from .crashing import waiting_for
from .processes import wait_until


def at_once(theirs: Callable[[], Any], ours: Callable[[], Any]) -> Any:
    """Their transaction has done its work, and commits when ours is done or waits for theirs.

    Returns what `ours` gave. The test's own connection must not be in a transaction.
    """
    worked, may_end = threading.Event(), threading.Event()
    processes: list[int] = []

    def their_work() -> None:
        try:
            with transaction.atomic():
                theirs()
                processes.append(connection.connection.info.backend_pid)
                worked.set()
                assert may_end.wait(60)
        finally:
            worked.set()
            connection.close()

    def our_work() -> Any:
        try:
            return ours()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(their_work)
        assert worked.wait(30)
        second = pool.submit(our_work)
        try:
            wait_until(lambda: second.done() or bool(waiting_for(processes[0])), seconds=30)
        finally:
            may_end.set()
        first.result(30)
        return second.result(30)


def elsewhere(function: Callable[[], Any]) -> Any:
    """What the function gives on another connection."""

    def closing() -> Any:
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(closing).result(20)
