"""What reading a file takes, in memory and time: one process reads all files in turn.

Linux alone lets a process reset its own peak of memory.
"""

import ctypes
import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import django
from django.conf import settings
from django.utils.module_loading import import_string

from shop.services.folders import REPOSITORY

MOST_BYTES, MOST_SECONDS = 2 << 30, 60
"""Address space and CPU time of the reading process, which the kernel ends above them."""


SLOW, AGAIN = 1.0, 2
"""What takes more seconds than that is read so many times again."""


class Cost(NamedTuple):
    """Peak of memory in megabytes above what the process had before, and seconds of CPU time."""

    megabytes: float
    seconds: float


Costs = dict[str, dict[str, Cost]]
"""By the reader's name, then the file's."""


def costs(
    folder: Path, readers: Sequence[str], files: Mapping[str, bytes], limits: Mapping[str, Any]
) -> Costs:
    """The cost of each of `files` for each of `readers`, which are functions of tests.reading.

    `limits` are settings of VRS that differ from the tests'. Raises AssertionError naming the
    file that ended the process.
    """
    for number, data in enumerate(files.values()):
        (folder / str(number)).write_bytes(data)
    paths = [str(folder / str(number)) for number in range(len(files))]
    changed = {"SETTINGS": json.dumps({"VRS": {**settings.VRS, **limits}})}
    process = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.costs", ",".join(readers), *paths],
        cwd=REPOSITORY,
        env=os.environ | changed | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    measured = list(_measured(process.stdout))
    read = list(product(readers, files))
    assert process.returncode == 0, (*read[len(measured)], process.returncode, process.stderr)
    found: Costs = {reader: {} for reader in readers}
    for (reader, name), cost in zip(read, measured, strict=True):
        found[reader][name] = cost
    return found


def _measured(output: str) -> Iterator[Cost]:
    for line in output.splitlines():
        kilobytes, seconds = line.split()
        yield Cost(int(kilobytes) / 1024, float(seconds))


# --- in the process that reads ---------------------------------------------------------------


def main(readers: str, *paths: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    django.setup()
    for reader in readers.split(","):
        read = import_string(f"tests.reading.{reader}")
        read(paths[0])  # modules that are imported at the first file are no file's cost
        gc.freeze()  # what is there by now is not looked through after each file
        _give_back()
        before = _kilobytes("VmRSS")
        for path in paths:
            print(*_cost(read, path, before), flush=True)


def _cost(read: Callable[[str], None], path: str, before: int) -> tuple[int, float]:
    """A busy machine makes one reading look slow: of several, the quickest counts."""
    seconds = _seconds(read, path)
    for _ in range(AGAIN):
        if seconds > SLOW:
            seconds = min(seconds, _seconds(read, path))
    return _kilobytes("VmHWM") - before, seconds


def _seconds(read: Callable[[str], None], path: str) -> float:
    _give_back()
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
    began = time.process_time()
    read(path)
    return time.process_time() - began


def _give_back() -> None:
    """What was freed goes back to the system, so that each file pays for its own."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def _kilobytes(key: str) -> int:
    """A line of what Linux says of this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{key}:")[1].split()[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
