"""A storage that a fault lets hang, and a worker's clock that a fault sets wrong.

Both by files in the data folder and the environment of the workers, since each is a process.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.utils import timezone

HANGS_WHILE = "SOAK_STORAGE_HANGS_WHILE"
"""Environment variable of the workers: the path of a file; while it exists, no file is opened."""

CLOCK_DAYS = "SOAK_CLOCK_DAYS"
"""Environment variable of one worker: by how many days its clock is ahead."""


class HangingStorage(FileSystemStorage):
    """The file system; in workers, `open` blocks while the file of HANGS_WHILE exists."""

    def _open(self, name: str, mode: str = "rb") -> Any:
        path = os.environ.get(HANGS_WHILE)
        while path and Path(path).exists():
            time.sleep(0.2)
        return super()._open(name, mode)  # type: ignore[misc]


def set_clock() -> None:
    """Let Django's clock in this process be ahead, by CLOCK_DAYS."""
    ahead = timedelta(days=float(os.environ.get(CLOCK_DAYS, "0")))
    if ahead:
        right = timezone.now

        def now() -> datetime:
            return right() + ahead

        timezone.now = now
