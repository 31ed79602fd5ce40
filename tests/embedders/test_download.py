import threading
import time

import pytest

from vrs_app.embedders.download import fetch_within


def test_what_is_there_in_time_is_returned() -> None:
    assert fetch_within(5, "quick", lambda: "weights") == "weights"


def test_an_error_is_the_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        fetch_within(5, "broken", lambda: 1 / 0)
    assert fetch_within(5, "broken", lambda: "mended") == "mended"


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
            fetch_within(0.05, "slow", slow)
        assert time.monotonic() - began < 5
    may_end.set()
    assert fetch_within(5, "slow", slow) == "weights"
    assert started == ["once"]
