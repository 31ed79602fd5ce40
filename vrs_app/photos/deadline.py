"""One visitor's seconds, kept whatever a cache or a broker does."""

import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import Generic, TypeVar

from django.db import connections

T = TypeVar("T")

MOST_FORSAKEN = 32
"""Threads that may hang in a silent cache; with so many, nobody else is let in."""

_forsaken: set[Thread] = set()
_forsaking = Lock()


class Patience:
    """So many seconds from now on."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def within(self, work: Callable[[], T], *, least: float = 0.0) -> T:
        """What `work` returns or raises; TimeoutError once the seconds are over.

        A cache without timeouts of its own may hang for ever, so the work runs beside the
        caller. Python cannot stop it: it is forsaken, and ends by itself or never.
        """
        call = _Call(work)
        if _still_hanging() >= MOST_FORSAKEN:
            raise TimeoutError(f"{MOST_FORSAKEN} calls before this one still hang")
        call.start()
        call.join(max(self.left, least))
        if call.is_alive():
            _forsake(call)
            raise TimeoutError("no answer in time")
        return call.outcome()


class _Call(Thread, Generic[T]):
    """Runs `work`, and keeps what became of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # the caller's to judge
            self._error = error
        finally:
            connections.close_all()  # this thread's, where the cache is in the database

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]


def _forsake(call: Thread) -> None:
    with _forsaking:
        _forsaken.add(call)


def _still_hanging() -> int:
    """How many of the forsaken have not ended."""
    with _forsaking:
        _forsaken.difference_update([call for call in _forsaken if not call.is_alive()])
        return len(_forsaken)
