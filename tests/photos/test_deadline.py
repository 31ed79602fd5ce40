import threading
import time
from types import SimpleNamespace

import pytest

from vrs_app.photos import deadline
from vrs_app.photos.deadline import Deadline

from ..processes import wait_until


def test_work_returns_what_it_returns_and_raises_what_it_raises() -> None:
    assert Deadline(5).within(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        Deadline(5).within(lambda: 1 / 0)


def test_work_that_hangs_is_left_alone_in_time() -> None:
    end = threading.Event()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        Deadline(0.1).within(end.wait)
    assert time.monotonic() - began < 5
    end.set()


def test_seconds_are_those_of_all_the_work_together(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, end = [0.0], threading.Event()
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    visitor = Deadline(8)
    visitor.within(lambda: seconds.__setitem__(0, 7.75))
    assert visitor.left == 0.25
    with pytest.raises(TimeoutError):
        visitor.within(end.wait)
    seconds[0] = 9
    assert visitor.left == 0
    end.set()


def test_threads_that_hang_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "_abandoned", set())
    monkeypatch.setattr(deadline, "MAX_ABANDONED", 3)
    end = threading.Event()
    for _ in range(3):
        with pytest.raises(TimeoutError, match="no answer"):
            Deadline(0).within(end.wait)
    with pytest.raises(TimeoutError, match="still hang"):
        Deadline(5).within(lambda: 7)
    end.set()
    wait_until(lambda: deadline._still_hanging() == 0)
    assert Deadline(5).within(lambda: 7) == 7


def test_visitors_who_leave_while_others_come_break_nobodys_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class AnotherLeaves(threading.Thread):
        """While it is counted, one more is forsaken."""

        def is_alive(self) -> bool:
            another = threading.Thread(target=deadline._abandon, args=[threading.Thread()])
            another.start()
            another.join(0.2)
            return True

    monkeypatch.setattr(deadline, "_abandoned", {AnotherLeaves()})
    assert Deadline(5).within(lambda: 7) == 7
