"""A download with a time limit, for libraries whose downloads have none."""

import socket
import threading
from collections.abc import Callable
from typing import Any

SILENCE_SECONDS = 20
"""A connection that says nothing for so long is dead."""


class Fetch(threading.Thread):
    """Runs `build`, which may hang, beside the caller.

    Python cannot stop a thread. One that outlasts its caller's patience goes on, and is
    found again by the next caller: a slow line gets there in the end, and no two downloads
    write the same file.
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


_under_way: dict[str, Fetch] = {}


def within(seconds: float, name: str, build: Callable[[], Any]) -> Any:
    """What `build` returns; raises what it raises, or TimeoutError after `seconds`."""
    fetch = _under_way.get(name)
    if fetch is None:
        fetch = _under_way[name] = Fetch(build)
        fetch.start()
    fetch.join(seconds)
    if fetch.is_alive():
        raise TimeoutError(f"not there after {seconds} s; the download goes on")
    del _under_way[name]
    if fetch.error:
        raise fetch.error
    return fetch.result
