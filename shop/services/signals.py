"""Stop signals as exceptions, so that `with` and `finally` clean up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_DEFAULT_HANDLERS = (signal.SIG_DFL, signal.default_int_handler)
_received: list[int] = []


def raise_if_stopping() -> None:
    """Raise SystemExit again if a signal has come; for loops that wait.

    Python drops an exception raised by a handler during a finaliser or a C callback; the
    signal must not be lost with it.
    """
    if _received:
        raise SystemExit(128 + _received[0])


@contextmanager
def exit_on_signals(*numbers: signal.Signals) -> Iterator[None]:
    """Within the block the first of these signals raises SystemExit; later ones are ignored.

    So a second Ctrl-C does not interrupt the cleanup. Signals that the program handles or
    ignores itself are left alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread receives signals
        return
    before = {number: signal.getsignal(number) for number in numbers}
    ours = [number for number, handler in before.items() if handler in _DEFAULT_HANDLERS]

    def raise_exit(received: int, _frame: FrameType | None) -> NoReturn:
        for number in ours:
            signal.signal(number, signal.SIG_IGN)
        _received.append(received)
        raise SystemExit(128 + received)

    for number in ours:
        signal.signal(number, raise_exit)
    try:
        yield
    finally:
        _received.clear()
        for number in ours:
            signal.signal(number, before[number])
