"""A download with a time limit, for libraries whose downloads have none."""

import socket
import threading
from collections.abc import Callable
from typing import Any

SILENCE_SECONDS = 20
"""Socket timeout of a download."""


class Fetch(threading.Thread):
    """Runs `build`, which may hang, in a thread.

    Python cannot stop a thread: one that outlasts its caller's deadline goes on, and the next
    caller joins it. So a slow download ends some day, and no two write the same file.
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._build = build
        self.result: Any = None
        self.error: Exception | None = None

    def run(self) -> None:
        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(SILENCE_SECONDS)
        try:
            self.result = self._build()
        except Exception as error:  # urllib, the library's own checks of the file, the disk
            self.error = error
        finally:
            socket.setdefaulttimeout(before)


_running: dict[str, Fetch] = {}


def fetch_within(seconds: float, name: str, build: Callable[[], Any]) -> Any:
    """The result of `build`; raises what it raises, or TimeoutError after `seconds`."""
    fetch = _running.get(name)
    if fetch is None:
        fetch = _running[name] = Fetch(build)
        fetch.start()
    fetch.join(seconds)
    if fetch.is_alive():
        raise TimeoutError(f"not there after {seconds} s; the download goes on")
    del _running[name]
    if fetch.error:
        raise fetch.error
    return fetch.result
