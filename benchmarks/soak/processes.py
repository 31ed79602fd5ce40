"""The shop's processes: each is started, killed and restarted by its name."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from shop.services import Addresses
from shop.services.account import account
from shop.services.processes import start
from shop.services.signals import raise_if_stopping

from ..scratch_shop import ROOT
from . import probes
from .storage import HANGS_WHILE

CELERY = (sys.executable, "-m", "celery", "-A", "shop")
WORKER = (*CELERY, "worker", "--pool", "prefork", "--concurrency", "1", "--loglevel", "INFO")
EMBEDDING_WORKERS, PHOTO_WORKER, BEAT, WEB = ("worker-1", "worker-2"), "photos", "beat", "web"
WORKERS = (*EMBEDDING_WORKERS, PHOTO_WORKER)
SERVERS = POSTGRES, BROKER, CACHE = "postgres", "redis", "cache"

NO_VARIABLES: Mapping[str, str] = {}

STOP_SECONDS = 30.0
"""Seconds between a stop signal and SIGKILL."""


class ShopProcesses:
    """PostgreSQL, two Redis, workers, beat and the web server.

    Start them in the main thread only: Linux ends a child with the thread that started it.
    """

    def __init__(self, data: Path, servers: Addresses, environment: Mapping[str, str]) -> None:
        self.data = data
        self.address = f"http://127.0.0.1:{_free_port()}"
        self.environment = dict(environment)
        self._servers = servers
        self._children = {child.name: child for child in servers.children}
        self._starts = 0

    def __enter__(self) -> "ShopProcesses":
        return self

    def open(self) -> None:
        """Start the shop on its running servers, and wait until it answers."""
        for name in (*WORKERS, BEAT, WEB):
            self.start(name)
        self.wait_for_web()
        self.wait_for_photos()

    def __exit__(self, *_error: object) -> None:
        """Stop all: the servers last, since the others close their connections to them."""
        for name, child in self._children.items():
            if name not in SERVERS:
                child.send_stop_signal()
        for name in (*WORKERS, BEAT, WEB, *SERVERS):
            if name in self._children:
                self._children[name].stop(grace=STOP_SECONDS)

    # --- by name ----------------------------------------------------------------------------

    def pid(self, name: str) -> int:
        return self._children[name].process.pid

    def running(self, name: str) -> bool:
        return self._children[name].running

    def start(self, name: str, environment: Mapping[str, str] = NO_VARIABLES) -> None:
        """Start a process of the shop; the log of the last one is kept under another name."""
        self._keep_log(name)
        self._children[name] = start(
            name,
            self._command(name),
            folder=self.data,
            environment={**self.environment, **self._variables(name), **environment},
            working_folder=ROOT,
        )

    def start_server(self, name: str) -> None:
        """Start PostgreSQL or a Redis again, with the same command and address."""
        before = self._children[name]
        command = before.process.args
        assert isinstance(command, list)
        self._keep_log(name)
        self._children[name] = start(
            name,
            command,
            folder=self.data,
            stop_signal=before.stop_signal,
            account=account(),
            working_folder=self.data / name,
        )
        self.wait_for_server(name)

    def kill(self, name: str) -> None:
        """SIGKILL the process and its children at once."""
        process = self._children[name].process
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> None:
        """Send the stop signal and wait, as a deployment does."""
        self._children[name].stop(grace=STOP_SECONDS)

    def send_signal(self, name: str, number: signal.Signals) -> None:
        self._children[name].process.send_signal(number)

    def pool_children(self, name: str) -> list[psutil.Process]:
        """The pool processes of a worker."""
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.pid(name)).children()
        return []

    def delete_redis_data(self, name: str) -> None:
        """Delete a Redis's data files, but not its settings."""
        for path in (self.data / name).iterdir():
            if path.is_dir():  # appendonlydir, from version 7 on
                shutil.rmtree(path)
            elif path.suffix in (".aof", ".rdb"):
                path.unlink()

    def restart_ended(self) -> list[str]:
        """Restart what ended by itself, as a supervisor does; returns the names."""
        raise_if_stopping()
        ended = [name for name, child in self._children.items() if not child.running]
        for name in ended:
            self.start_server(name) if name in SERVERS else self.start(name)
        return ended

    # --- waiting ----------------------------------------------------------------------------

    def wait_for_web(self) -> None:
        probes.wait_until(lambda: probes.web_answers(self.address), WEB)

    def wait_for_photos(self) -> None:
        """Wait until the photo worker answers a ping."""
        probes.wait_until(lambda: probes.worker_answers(_node(PHOTO_WORKER)), PHOTO_WORKER)

    def wait_for_server(self, name: str) -> None:
        if name == POSTGRES:
            url = self._servers.database_url
            probes.wait_until(lambda: probes.postgres_answers(url), name)
        else:
            url = (self._servers.redis_url if name == BROKER else self._servers.cache_url) or ""
            probes.wait_until(lambda: probes.redis_answers(url), name)

    @property
    def hanging(self) -> Path:
        """The file during which the storage hangs for the workers."""
        return self.data / "storage-hangs"

    def _variables(self, name: str) -> dict[str, str]:
        hangs = {HANGS_WHILE: str(self.hanging)} if name in EMBEDDING_WORKERS else {}
        return {"PGAPPNAME": name, **hangs}

    # --- starting ---------------------------------------------------------------------------

    def _command(self, name: str) -> list[str]:
        if name in WORKERS:
            queue = "vrs-photos" if name == PHOTO_WORKER else "vrs"
            return [*WORKER, "--queues", queue, "--hostname", _node(name)]
        if name == BEAT:
            schedule = str(self.data / "beat-schedule")
            return [*CELERY, "beat", "--loglevel", "INFO", "--schedule", schedule]
        address = self.address.removeprefix("http://")
        web = [sys.executable, "-m", "gunicorn", "shop.wsgi", "--bind", address]
        return [*web, "--workers", "2", "--threads", "4"]

    def _keep_log(self, name: str) -> None:
        self._starts += 1
        log = self.data / f"{name}.log"
        if log.exists():
            log.rename(self.data / f"{name}.{self._starts}.log")


def _node(worker: str) -> str:
    """The worker's Celery node name."""
    return f"{worker}@{socket.gethostname()}"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
