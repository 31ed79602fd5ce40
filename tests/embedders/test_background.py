import threading
import time

import pytest

from vrs_app.embedders.background import load_within


def test_what_is_there_in_time_is_returned() -> None:
    assert load_within(5, "quick", lambda: "weights") == "weights"


def test_an_error_is_the_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        load_within(5, "broken", lambda: 1 / 0)
    assert load_within(5, "broken", lambda: "fixed") == "fixed"


def test_a_slow_download_is_found_again_and_never_started_twice() -> None:
    started: list[str] = []
    may_end = threading.Event()

    def slow() -> str:
        started.append("once")
        may_end.wait(20)
        return "weights"

    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            load_within(0.05, "slow", slow)
        assert time.monotonic() - began < 5
    may_end.set()
    assert load_within(5, "slow", slow) == "weights"
    assert started == ["once"]
