"""Loading in the background, with a time limit, for libraries whose downloads have none."""

import socket
import threading
from collections.abc import Callable
from typing import Any

SILENCE_SECONDS = 20
"""Socket timeout of a download."""


class BackgroundLoad(threading.Thread):
    """Runs `build`, which may hang, in a thread that the next caller joins.

    While it runs, sockets made anywhere in this process time out after SILENCE_SECONDS.
    Python cannot stop a thread, so one that outlasts its caller's deadline goes on: a slow
    download ends some day, and no two write the same file.
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


_running: dict[str, BackgroundLoad] = {}


def load_within(seconds: float, name: str, build: Callable[[], Any]) -> Any:
    """The result of `build`; raises what it raises, or TimeoutError after `seconds`."""
    load = _running.get(name)
    if load is None:
        load = _running[name] = BackgroundLoad(build)
        load.start()
    load.join(seconds)
    if load.is_alive():
        raise TimeoutError(f"not there after {seconds} s; the download goes on")
    del _running[name]
    if load.error:
        raise load.error
    return load.result
