"""PostgreSQL and Redis for the whole test run, before pytest-django reads the settings.

A plugin, loaded by `-p tests.services_plugin`: conftest files come too late. Where
DATABASE_URL and REDIS_URL are set, those servers are used and none is started; the tests
are then not distributed, since two processes would empty each other's queues.

With `-n` each worker of pytest-xdist has servers of its own, in a folder of the process that
started it: that one removes the folder even where a worker was killed.
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

FOLDER = "VRS_TEST_SERVERS"
"""Names the folder, to the workers."""

_started = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    # A wrapper runs before every other plugin's hook, pytest-django's among them.
    signal.signal(signal.SIGTERM, _interrupt)
    atexit.register(_started.close)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        os.environ[FOLDER] = str(_started.enter_context(open_temporary_folder()))
    if worker or not _will_distribute(early_config):
        data = Path(os.environ[FOLDER], worker or "servers")
        addresses = _started.enter_context(services.running(data, scratch=True))
        os.environ.update(addresses.environment())
    return (yield)


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """For `-n logical`: none where servers are given, else whatever pytest-xdist thinks."""
    return 0 if _servers_are_given() else None


def _will_distribute(config: pytest.Config) -> bool:
    """Whether this process runs no tests itself, but starts workers that do."""
    wanted = getattr(config.known_args_namespace, "numprocesses", None)
    if isinstance(wanted, int) and wanted > 0 and _servers_are_given():
        raise pytest.UsageError(
            "With DATABASE_URL or REDIS_URL set, tests run in one process: -n 0."
        )
    return wanted not in (None, 0) and not (isinstance(wanted, str) and _servers_are_given())


def _servers_are_given() -> bool:
    return "DATABASE_URL" in os.environ or "REDIS_URL" in os.environ


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
