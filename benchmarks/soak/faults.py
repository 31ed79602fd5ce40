"""The fault injector: kills processes, cuts connections, and records the outages."""

import logging
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from random import Random

import psutil
import psycopg

from vrs_app.conf import conf

from . import schedule
from .probes import sleep, wait_until
from .processes import (
    BEAT,
    BROKER,
    CACHE,
    EMBEDDING_WORKERS,
    PHOTO_WORKER,
    POSTGRES,
    WEB,
    ShopProcesses,
)
from .report import Report
from .storage import CLOCK_DAYS
from .timeline import Outages, Part

logger = logging.getLogger(__name__)

BACKENDS = (
    "SELECT pid, application_name FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY pid"
)
TERMINATE = "SELECT pg_terminate_backend(%s, 5000)"
"""Waits until the backend has ended, 5,000 ms at most."""

PAUSES = (0.5, 4.0)
WEIGHTS = {
    "kill_pool_child": 6,
    "kill_worker": 5,
    "stop_worker": 3,
    "kill_beat": 1,
    "kill_broker": 3,
    "silence_broker": 2,
    "kill_cache": 1,
    "cut_connections": 6,
    "cut_every_connection": 2,
    "restart_postgres": 1,
    "hang_storage": 2,
    "set_clock_wrong": 2,
}

NOT_RESTARTED = "what was started again did not come back"

ACTORS = "actors"
"""application_name of the connections of the process that runs the actors."""

PART_OF_CLIENT = {WEB: Part.WEB_DATABASE, ACTORS: Part.ACTORS_DATABASE, PHOTO_WORKER: Part.PHOTOS}
"""application_name → what is unavailable while such a connection is cut; no outage for others."""


class FaultInjector:
    """Injects one fault after the other, by a seeded schedule, and records each outage.

    Runs in the main thread, the only one that may start processes. Each name in WEIGHTS is a
    method.
    """

    def __init__(
        self,
        processes: ShopProcesses,
        database_url: str,
        report: Report,
        outages: Outages,
    ) -> None:
        self.processes = processes
        self.report = report
        self._database_url = database_url
        self._outages = outages

    def run(self, seed: str, until: float, between: Callable[[], None]) -> None:
        """Inject faults until `until` (`time.monotonic` seconds); call `between` after each."""
        for step in schedule.steps(seed, WEIGHTS, PAUSES):
            if time.monotonic() + step.pause > until:
                break
            sleep(step.pause)
            try:
                getattr(self, step.name)(step.rng)
            except TimeoutError as error:
                self.report.add_violation(NOT_RESTARTED, f"{step.name}: {error}")
            for name in self.processes.restart_ended():
                self.report.observations[f"{name} had ended by itself and was started again"] += 1
            between()
        sleep(until - time.monotonic())

    # --- workers and beat -------------------------------------------------------------------

    def kill_pool_child(self, rng: Random) -> None:
        name = rng.choice((*EMBEDDING_WORKERS, PHOTO_WORKER))
        before = {child.pid for child in self.processes.pool_children(name)}
        with self._outage(name):
            for child in self.processes.pool_children(name):
                _kill(child)
            self._record(f"SIGKILL of a pool child of {name}")
            wait_until(
                lambda: (
                    bool({child.pid for child in self.processes.pool_children(name)} - before)
                    or not self.processes.running(name)
                ),
                f"a new pool child of {name}",
            )
            self._wait_for(name)

    def kill_worker(self, rng: Random) -> None:
        name = rng.choice((*EMBEDDING_WORKERS, PHOTO_WORKER))
        with self._outage(name):
            self.processes.kill(name)
            self._record(f"SIGKILL of all of {name}")
            sleep(rng.uniform(0, 3))
            self.processes.start(name)
            self._wait_for(name)

    def stop_worker(self, rng: Random) -> None:
        name = rng.choice((*EMBEDDING_WORKERS, PHOTO_WORKER))
        with self._outage(name):
            self.processes.stop(name)
            self._record(f"SIGTERM of {name}")
            self.processes.start(name)
            self._wait_for(name)

    def kill_beat(self, rng: Random) -> None:
        self.processes.kill(BEAT)
        self._record("SIGKILL of beat")
        sleep(rng.uniform(0, 3))
        self.processes.start(BEAT)

    def hang_storage(self, rng: Random) -> None:
        """For the embedding workers; sometimes beyond the time limit of a batch."""
        self.processes.hanging.touch()
        try:
            self._record("the storage hangs")
            sleep(rng.uniform(2, 1.5 * conf.BATCH_TIME_LIMIT))
        finally:
            self.processes.hanging.unlink()

    def set_clock_wrong(self, rng: Random) -> None:
        """A worker that is 30 days ahead works for a while, and is killed."""
        name = rng.choice(EMBEDDING_WORKERS)
        self.processes.stop(name)
        self.processes.start(name, {CLOCK_DAYS: "30"})
        self._record(f"{name} is 30 days ahead, then SIGKILL")
        sleep(rng.uniform(4, 10))
        self.processes.kill(name)
        self.processes.start(name)

    # --- Redis ------------------------------------------------------------------------------

    def kill_broker(self, rng: Random) -> None:
        """SIGKILL, and its queues are lost."""
        with self._outages.during(Part.PHOTOS):
            self.processes.kill(BROKER)
            self.processes.delete_redis_data(BROKER)
            self._record("SIGKILL of Redis, the broker, and its queues lost")
            sleep(rng.uniform(0, 4))
            self.processes.start_server(BROKER)
            self.processes.wait_for_photos()

    def silence_broker(self, rng: Random) -> None:
        """It accepts connections and never answers."""
        with self._outages.during(Part.PHOTOS):
            self.processes.send_signal(BROKER, signal.SIGSTOP)
            try:
                self._record("Redis, the broker, silent for seconds")
                sleep(rng.uniform(1, 5))
            finally:
                self.processes.send_signal(BROKER, signal.SIGCONT)
            self.processes.wait_for_photos()

    def kill_cache(self, rng: Random) -> None:
        with self._outages.during(Part.PHOTOS):
            self.processes.kill(CACHE)
            self._record("SIGKILL of the photos' cache")
            sleep(rng.uniform(0, 2))
            self.processes.start_server(CACHE)

    # --- PostgreSQL -------------------------------------------------------------------------

    def cut_connections(self, rng: Random) -> None:
        """One to three backends, of any client."""
        self._cut(rng, rng.randint(1, 3))

    def cut_every_connection(self, rng: Random) -> None:
        self._cut(rng, 1_000)

    def restart_postgres(self, rng: Random) -> None:
        """As `pg_ctl restart -m fast` does."""
        with self._outages.during(*PART_OF_CLIENT.values()):
            self.processes.stop(POSTGRES)
            self._record("restart of PostgreSQL, fast")
            sleep(rng.uniform(0, 2))
            self.processes.start_server(POSTGRES)

    def _cut(self, rng: Random, count: int) -> None:
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            backends = connection.execute(BACKENDS).fetchall()
            for pid, name in rng.sample(backends, min(count, len(backends))):
                with self._outages.during(
                    *[part for of, part in PART_OF_CLIENT.items() if of == name]
                ):
                    connection.execute(TERMINATE, [pid])
                self._record(f"PostgreSQL connection of {name or 'a server process'} cut")

    # --- shared -----------------------------------------------------------------------------

    def _outage(self, worker: str) -> AbstractContextManager[None]:
        """An outage of photo search where it is the photo worker's."""
        return self._outages.during(*([Part.PHOTOS] if worker == PHOTO_WORKER else []))

    def _wait_for(self, name: str) -> None:
        if name == PHOTO_WORKER:
            self.processes.wait_for_photos()

    def _record(self, fault: str) -> None:
        self.report.faults[fault] += 1
        logger.info("fault: %s", fault)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
