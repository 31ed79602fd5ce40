"""What the demo does, step by step, and how long each step took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Prints steps with their seconds; knows the seconds since the command began."""

    def __init__(self, began: float) -> None:
        self._began = began
        if (before := time.time() - began) >= 5:
            self.say(f"Installation: {before:.1f} s")

    @property
    def total(self) -> float:
        return time.time() - self._began

    def say(self, line: str) -> None:
        print(f"[{self.total:6.1f} s] {line}", flush=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self.say(f"{title} …")
        began = time.monotonic()
        yield
        self.say(f"{title}: {time.monotonic() - began:.1f} s")
