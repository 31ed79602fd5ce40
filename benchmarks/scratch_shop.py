"""A temporary shop to measure in: its own servers and data, and a real worker."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from shop import services

ROOT = Path(__file__).resolve().parent.parent

SMOKE = "--smoke"


def is_smoke() -> bool:
    """Whether this run shall only show that the benchmark works."""
    return SMOKE in sys.argv[1:]


@contextmanager
def shop() -> Iterator[Path]:
    """Run an empty, migrated shop on its own servers; yields its data folder."""
    with folder() as data, services.running(data) as addresses:
        os.environ.update(addresses.environment(), MEDIA_ROOT=str(data / "media"))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
        migrate()
        yield data


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder that the servers' account may enter."""
    as_root = os.geteuid() == 0
    data = Path(tempfile.mkdtemp(prefix="vrs-bench-", dir="/var/tmp" if as_root else None))
    data.chmod(0o711)
    try:
        yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def worker(data: Path, queue: str = "vrs") -> Iterator[None]:
    """Run a Celery worker, as the README starts it."""
    command = [*(sys.executable, "-m", "celery", "-A", "shop", "worker"), "--queues", queue]
    command += ["--concurrency", "1", "--hostname", f"{queue}@%h"]
    with (data / f"{queue}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_until(condition: Callable[[], bool], *, seconds: float = 600) -> float:
    """Poll `condition`; the seconds until it held. Raises TimeoutError after `seconds`."""
    began = time.perf_counter()
    while not condition():
        if time.perf_counter() - began > seconds:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.005)
    return time.perf_counter() - began


def machine() -> str:
    """Machine, versions and date, to print with each figure."""
    from importlib.metadata import version

    import django

    parts = (
        f"{os.cpu_count()} cores",
        platform.machine(),
        f"Python {platform.python_version()}",
        f"Django {django.__version__}",
        f"Celery {version('celery')}",
        f"{datetime.now(UTC):%Y-%m-%d}",
    )
    return ", ".join(parts)


def migrate() -> None:
    """Set Django up, and migrate."""
    from django.core.management import call_command

    set_up()
    call_command("migrate", verbosity=0)


def set_up() -> None:
    """Set Django up with the demo's settings, without logging."""
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    settings.ALLOWED_HOSTS = ["*"]
    settings.LOGGING_CONFIG = None
    django.setup()
