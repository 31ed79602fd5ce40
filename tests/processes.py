"""Real worker processes for the flow tests, on the test database and its pictures."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class PhotoWorker:
    process: "subprocess.Popen[bytes]"
    log: Path

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It answers nobody until the block ends."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)


def shared_environment(**more: str) -> dict[str, str]:
    """The variables by which another process finds this test's database and pictures."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = url._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **more,
    }


@contextmanager
def broker_at(port: int) -> Iterator[None]:
    """Lets this process, which is the web process here, ring at another port, as a shop rings."""
    with pytest.MonkeyPatch.context() as moved:
        as_a_shop = dict(settings.VRS)
        as_a_shop.pop("BROKER_TIMEOUT", None)
        moved.setattr(settings, "VRS", as_a_shop)
        use_broker(moved, f"redis://127.0.0.1:{port}/0")
        yield


def use_broker(monkeypatch: pytest.MonkeyPatch, address: object) -> None:
    """Lets this process's Celery send to `address`, until `monkeypatch` ends.

    Celery 5.4 prefers the setting CELERY_BROKER_URL to what is assigned to its `conf`.
    """
    monkeypatch.setattr(type(current_app.conf), "broker_url", address)


@contextmanager
def worker(
    log: Path, queues: str = "vrs", *, empty: bool = True, **environment: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A Celery worker as the README starts it, until the end.

    With nothing in its queue, or `empty=False`: with what a former one has left there.
    """
    if empty:
        leftovers = ("unacked", "unacked_index", "unacked_mutex")
        redis.Redis.from_url(settings.REDIS_URL).delete(*queues.split(","), *leftovers)
    command = [*(sys.executable, "-m", "celery", "-A", "shop", "worker"), "--loglevel", "INFO"]
    options = ["--queues", queues, "--pool", "prefork", "--concurrency", "1"]
    options += ["--hostname", f"{queues}-{uuid4().hex[:6]}@%h"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command + options,
            cwd=ROOT,
            env=shared_environment(**environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: " ready." in log.read_text(), seconds=60)
        yield process
    finally:
        with suppress(ProcessLookupError):  # a test may have ended it
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> float:
    """Wait for `condition`; how long it took. A watchdog bound, not a measurement."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - began
