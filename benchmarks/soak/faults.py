"""What can break, and who is without what meanwhile."""

import logging
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from random import Random

import psutil
import psycopg

from . import schedule
from .probes import sleep, wait_until
from .processes import BEAT, BROKER, CACHE, EMBEDDING, PHOTOS, POSTGRES, WEB, Household
from .report import Journal
from .timeline import Outages, Part

logger = logging.getLogger(__name__)

BACKENDS = (
    "SELECT pid, application_name FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY pid"
)
CUT = "SELECT pg_terminate_backend(%s, 5000)"
"""Waits until the backend is gone, five seconds at most."""

ACTORS = "actors"
"""The name by which PostgreSQL knows the connections of merchants."""

PARTS = {WEB: Part.WEB_DATABASE, ACTORS: Part.ACTORS_DATABASE, PHOTOS: Part.PHOTOS}
"""Who is without what while the connections of that name are cut; nobody for those of others."""


class Faults:
    def __init__(
        self,
        house: Household,
        database_url: str,
        journal: Journal,
        outages: Outages,
    ) -> None:
        self.house = house
        self.journal = journal
        self._database_url = database_url
        self._outages = outages

    # --- workers and beat -------------------------------------------------------------------

    def kill_pool_child(self, chance: Random) -> None:
        name = chance.choice((*EMBEDDING, PHOTOS))
        before = {child.pid for child in self.house.pool_children(name)}
        with self._without(name):
            for child in self.house.pool_children(name):
                _kill(child)
            self._note(f"SIGKILL of a pool child of {name}")
            wait_until(
                lambda: (
                    bool({child.pid for child in self.house.pool_children(name)} - before)
                    or not self.house.running(name)
                ),
                f"a new pool child of {name}",
            )
            self._hear_again(name)

    def kill_worker(self, chance: Random) -> None:
        name = chance.choice((*EMBEDDING, PHOTOS))
        with self._without(name):
            self.house.kill(name)
            self._note(f"SIGKILL of all of {name}")
            sleep(chance.uniform(0, 3))
            self.house.start(name)
            self._hear_again(name)

    def stop_worker(self, chance: Random) -> None:
        name = chance.choice((*EMBEDDING, PHOTOS))
        with self._without(name):
            self.house.stop(name)
            self._note(f"SIGTERM of {name}")
            self.house.start(name)
            self._hear_again(name)

    def kill_beat(self, chance: Random) -> None:
        self.house.kill(BEAT)
        self._note("SIGKILL of beat")
        sleep(chance.uniform(0, 3))
        self.house.start(BEAT)

    # --- Redis ------------------------------------------------------------------------------

    def kill_broker(self, chance: Random) -> None:
        """And all that was in its queues is gone."""
        with self._outages.of(Part.PHOTOS):
            self.house.kill(BROKER)
            self.house.forget(BROKER)
            self._note("SIGKILL of Redis, the broker, and its queues lost")
            sleep(chance.uniform(0, 4))
            self.house.start_server(BROKER)
            self.house.wait_for_photos()

    def silence_broker(self, chance: Random) -> None:
        """It takes connections, and never answers."""
        with self._outages.of(Part.PHOTOS):
            self.house.send(BROKER, signal.SIGSTOP)
            try:
                self._note("Redis, the broker, silent for seconds")
                sleep(chance.uniform(1, 5))
            finally:
                self.house.send(BROKER, signal.SIGCONT)
            self.house.wait_for_photos()

    def kill_cache(self, chance: Random) -> None:
        with self._outages.of(Part.PHOTOS):
            self.house.kill(CACHE)
            self._note("SIGKILL of the photos' cache")
            sleep(chance.uniform(0, 2))
            self.house.start_server(CACHE)

    # --- PostgreSQL -------------------------------------------------------------------------

    def cut_connections(self, chance: Random) -> None:
        """A few backends, of whomever."""
        self._cut(chance, chance.randint(1, 3))

    def cut_every_connection(self, chance: Random) -> None:
        self._cut(chance, 1_000)

    def restart_postgres(self, chance: Random) -> None:
        """As `pg_ctl restart -m fast` does."""
        with self._outages.of(*PARTS.values()):
            self.house.stop(POSTGRES)
            self._note("restart of PostgreSQL, fast")
            sleep(chance.uniform(0, 2))
            self.house.start_server(POSTGRES)

    def _cut(self, chance: Random, most: int) -> None:
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            there = connection.execute(BACKENDS).fetchall()
            for pid, name in chance.sample(there, min(most, len(there))):
                with self._outages.of(*[part for of, part in PARTS.items() if of == name]):
                    connection.execute(CUT, [pid])
                self._note(f"PostgreSQL connection of {name or 'a server process'} cut")

    # --- what they have in common -----------------------------------------------------------

    def _without(self, name: str) -> AbstractContextManager[None]:
        return self._outages.of(*([Part.PHOTOS] if name == PHOTOS else []))

    def _hear_again(self, name: str) -> None:
        if name == PHOTOS:
            self.house.wait_for_photos()

    def _note(self, fault: str) -> None:
        self.journal.faults[fault] += 1
        logger.info("fire: %s", fault)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


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
}

NOT_BACK = "what was started again did not come back"


class Fire(Faults):
    def burn(self, seed: str, until: float, between: Callable[[], None]) -> None:
        """Faults until that moment of `time.monotonic`; `between` is called after each."""
        for step in schedule.steps(seed, WEIGHTS, PAUSES):
            if time.monotonic() + step.pause > until:
                break
            sleep(step.pause)
            try:
                getattr(self, step.name)(step.chance)
            except TimeoutError as error:
                self.journal.accuse(NOT_BACK, f"{step.name}: {error}")
            for name in self.house.revive():
                self.journal.notes[f"{name} had ended by itself and was started again"] += 1
            between()
        sleep(until - time.monotonic())
