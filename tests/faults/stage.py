"""Where a fault is played: a folder for pictures and notes, workers, and the shop's sweep."""

import json
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from redis import Redis

from vrs_app import tasks
from vrs_app.indexing.enqueue import enqueue_batch
from vrs_app.indexing.outbox.append import append_new
from vrs_app.infra import broker
from vrs_app.models import ImageEmbedding
from vrs_app.receivers import paused

from ..conftest import MakeShown
from ..processes import worker
from ..shapes import shape
from . import marked
from .marked import GATE, MARKED, RUNS

SWEEP_SECONDS = 0.3
"""A shop's beat sweeps every minute."""


@dataclass(frozen=True)
class Stage:
    folder: Path

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def log(self) -> Path:
        return self.folder / "worker.log"

    def clear(self) -> None:
        """Before each test: no notes, and whoever waits at the gate goes on waiting."""
        self.media.mkdir(exist_ok=True)
        (self.folder / RUNS).write_text("")
        (self.folder / GATE).unlink(missing_ok=True)

    def open_gate(self) -> None:
        (self.folder / GATE).touch()

    def runs(self, mark: str = "") -> int:
        """How many batches began, or only those with a picture of this mark."""
        return sum(mark in line for line in self._runs())

    def last_process(self) -> int:
        """The process that began the last batch."""
        return int(self._runs()[-1].split()[0])

    def _runs(self) -> list[str]:
        return (self.folder / RUNS).read_text().splitlines()

    def worker(
        self,
        *,
        vrs: dict[str, Any] | None = None,
        celery: dict[str, Any] | None = None,
        empty: bool = True,
        **environment: str,
    ) -> AbstractContextManager["subprocess.Popen[bytes]"]:
        """A real prefork worker with changed settings; marked pictures do to it what they say."""
        chosen = settings.VRS | {"EMBEDDER": MARKED} | (vrs or {})
        changed = {"VRS": chosen, "CELERY_IMPORTS": [marked.__name__], **(celery or {})}
        places = {"STAGE": str(self.folder), "MEDIA_ROOT": str(self.media)}
        return worker(
            self.log, empty=empty, SETTINGS=json.dumps(changed), **(places | environment)
        )


def states() -> dict[str, int]:
    """How many embeddings are in each state."""
    return dict(Counter(ImageEmbedding.objects.values_list("state", flat=True)))


def attempts() -> dict[int, int]:
    """How many embeddings have had so many attempts."""
    return dict(Counter(ImageEmbedding.objects.values_list("attempts", flat=True)))


def in_queue() -> int:
    """How many bells and sweeps wait for a worker."""
    with _broker() as redis:
        return int(redis.llen("vrs"))


def is_idle() -> bool:
    """Whether no bell waits and no worker has one in hand, for a while.

    For a moment after a worker has taken a bell neither list has it.
    """
    with _broker() as redis:
        for _ in range(4):
            if redis.llen("vrs") or redis.hlen("unacked"):
                return False
            time.sleep(0.05)
    return True


def _broker() -> "Redis":
    """The one that this process rings, wherever a test has moved it."""
    return Redis.from_url(current_app.conf.broker_url, socket_timeout=5)


def sweep() -> None:
    """What a shop's beat does every minute; here a sweep never waits behind another."""
    if not in_queue():
        broker.send(tasks.sweep)  # on a connection of its own: a test may have moved the broker


def sweep_until(condition: Callable[[], bool], *, seconds: float = 60) -> float:
    """Sweep until `condition` holds; how long it took. A watchdog bound, not a measurement."""
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        if waited > seconds:
            raise TimeoutError(f"not within {seconds} s: {states()}")
        sweep()
        time.sleep(SWEEP_SECONDS)
    return time.monotonic() - began


def stock(make_shown: MakeShown, kind: str, count: int) -> None:
    """Fill the shop with so many pictures as an import does, and ring once."""
    with paused(), transaction.atomic():
        products = [make_shown(shape(kind, seed=seed)) for seed in range(count)]
        append_new([product.pk for product in products])
    enqueue_batch()
