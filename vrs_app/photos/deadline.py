"""A deadline that holds even where a cache or a broker hangs."""

import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import Generic, TypeVar

from django.db import connections

T = TypeVar("T")

MAX_ABANDONED = 32
"""Abandoned threads at most; with so many hanging, further calls fail at once."""

_abandoned: set[Thread] = set()
_abandoned_lock = Lock()


class Deadline:
    """A point in time, `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def within(self, work: Callable[[], T], *, least: float = 0.0) -> T:
        """Run `work` in a thread; raises TimeoutError where it outlasts the deadline.

        It gets `least` seconds even after the deadline. A client without timeouts may hang for
        ever and Python cannot stop a thread, so a late one is abandoned.
        """
        call = _Call(work)
        if _still_hanging() >= MAX_ABANDONED:
            raise TimeoutError(f"{MAX_ABANDONED} calls before this one still hang")
        call.start()
        call.join(max(self.left, least))
        if call.is_alive():
            _abandon(call)
            raise TimeoutError("no answer in time")
        return call.outcome()


class _Call(Thread, Generic[T]):
    """Runs `work` and keeps its result or its exception."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # raised again in the caller
            self._error = error
        finally:
            connections.close_all()  # this thread's, where the cache is in the database

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]


def _abandon(call: Thread) -> None:
    with _abandoned_lock:
        _abandoned.add(call)


def _still_hanging() -> int:
    """How many abandoned threads are still running."""
    with _abandoned_lock:
        _abandoned.difference_update([call for call in _abandoned if not call.is_alive()])
        return len(_abandoned)
