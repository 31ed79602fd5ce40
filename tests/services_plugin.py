"""PostgreSQL and Redis for the whole test run, before pytest-django reads the settings.

A plugin, loaded by `-p tests.services_plugin`: conftest files come too late. Where
DATABASE_URL and REDIS_URL are set, those servers are used and none is started.
"""

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import pytest

from shop import services

_started = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    # A wrapper runs before every other plugin's hook, pytest-django's among them.
    signal.signal(signal.SIGTERM, _interrupt)
    atexit.register(_started.close)
    data = _started.enter_context(open_temporary_folder())
    addresses = _started.enter_context(services.running(data, scratch=True))
    os.environ.update(addresses.environment())
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _started.close()


@contextmanager
def open_temporary_folder() -> Iterator[Path]:
    """A folder that the servers' account can reach even when the tests run as root."""
    root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="vrs-tests-", dir="/var/tmp" if root else None))
    try:
        folder.chmod(0o711)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    # SystemExit would fail one test and go on with the next.
    raise KeyboardInterrupt
