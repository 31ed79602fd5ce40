"""Stop signals as an exception, so that `with` and `finally` clean up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_UNTOUCHED = (signal.SIG_DFL, signal.default_int_handler)
_received: list[int] = []


def leave_if_asked() -> None:
    """Raise SystemExit once more if a signal has come, for loops that wait.

    Python drops an exception that a handler raises while an object is being finalised or
    a C library calls back; such a signal must not be lost.
    """
    if _received:
        raise SystemExit(128 + _received[0])


@contextmanager
def stopping(*numbers: signal.Signals) -> Iterator[None]:
    """Within the block these signals raise SystemExit, once; later ones are ignored.

    Once, because a second Ctrl-C must not cut the cleaning up short. A signal that the
    program handles or ignores itself is left to it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread receives signals
        return
    before = {number: signal.getsignal(number) for number in numbers}
    ours = [number for number, handler in before.items() if handler in _UNTOUCHED]

    def leave(received: int, _frame: FrameType | None) -> NoReturn:
        for number in ours:
            signal.signal(number, signal.SIG_IGN)
        _received.append(received)
        raise SystemExit(128 + received)

    for number in ours:
        signal.signal(number, leave)
    try:
        yield
    finally:
        _received.clear()
        for number in ours:
            signal.signal(number, before[number])
