"""The memory that a file takes: each is read in a process of its own, by real code."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from shop.services.folders import REPOSITORY

# Each file in a fork of its own, so that each has a peak of its own, from a process that
# has no freed memory to give away. A file that is refused is one that was read.
MEASURE = """
import os, resource, sys
import tests.settings, django
django.setup()
from django.utils.module_loading import import_string

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

read = import_string(sys.argv[1])
for path in sys.argv[2:]:
    if os.fork() == 0:
        before = peak()
        read(path)
        print(peak() - before, flush=True)
        os._exit(0)
    assert os.wait()[1] == 0, path
"""


def peaks(folder: Path, reader: str, files: Mapping[str, bytes]) -> dict[str, int]:
    """Megabytes that each of `files` takes, read by `reader`, a function of tests.reading."""
    for number, data in enumerate(files.values()):
        (folder / str(number)).write_bytes(data)
    paths = [str(folder / str(number)) for number in range(len(files))]
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": "postgresql:///x"}
    command = [sys.executable, "-W", "ignore", "-c", MEASURE, f"tests.reading.{reader}", *paths]
    told = subprocess.check_output(command, cwd=REPOSITORY, text=True, env=environment)
    return dict(zip(files, _megabytes(told), strict=True))


def _megabytes(told: str) -> Iterator[int]:
    return (int(kilobytes) // 1024 for kilobytes in told.split())
