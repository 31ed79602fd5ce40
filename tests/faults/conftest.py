"""A stage for each module of fault tests, cleared before each test, and a worker on it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker, Settings
from redis import Redis

from ..processes import wait_until
from .stage import Stage, is_idle


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("stage"))


@pytest.fixture(autouse=True)
def media(stage: Stage, settings: Settings) -> Iterator[Path]:
    """One folder for a module's pictures, since its worker stays; and an empty queue."""
    settings.MEDIA_ROOT = stage.media
    stage.clear()
    Redis.from_url(settings.REDIS_URL).delete("vrs", "unacked", "unacked_index", "unacked_mutex")
    yield stage.media
    shutil.rmtree(stage.media, ignore_errors=True)


@pytest.fixture(scope="module")
def running(
    stage: Stage, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker for a whole module; a process of its pool may be killed, it may not."""
    with stage.worker() as process:
        yield process


@pytest.fixture
def marked_worker(
    db: None, running: "subprocess.Popen[bytes]", stage: Stage
) -> Iterator["subprocess.Popen[bytes]"]:
    """The module's worker, which has ended its work before the test's tables are emptied."""
    yield running
    stage.open_gate()
    wait_until(is_idle, seconds=30)
