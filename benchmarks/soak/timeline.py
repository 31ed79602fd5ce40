"""Spans of time, and the outages that the injected faults caused."""

import math
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock


@dataclass(frozen=True, kw_only=True)
class Span:
    """From one moment to another, both in `time.monotonic` seconds."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    def overlaps(self, other: "Span") -> bool:
        return self.began <= other.ended and other.began <= self.ended


class Part(StrEnum):
    """What a fault makes unavailable."""

    WEB_DATABASE = "the web server's connections to PostgreSQL"
    ACTORS_DATABASE = "the merchants' connections to PostgreSQL"
    PHOTOS = "photo search's worker, broker or cache"


class Outages:
    """Which part was unavailable when, as recorded by the fault injector."""

    def __init__(self) -> None:
        self._spans: dict[Part, list[Span]] = defaultdict(list)
        self._lock = Lock()

    @contextmanager
    def during(self, *parts: Part) -> Iterator[None]:
        """The parts are unavailable within the block, and for ever where it raises."""
        began = time.monotonic()
        open_end = Span(began=began, ended=math.inf)
        with self._lock:
            for part in parts:
                self._spans[part].append(open_end)
        yield
        closed = Span(began=began, ended=time.monotonic())
        with self._lock:
            for part in parts:
                self._spans[part].remove(open_end)
                self._spans[part].append(closed)

    def overlap(self, part: Part, span: Span) -> bool:
        """Whether `part` was unavailable at any moment of `span`."""
        with self._lock:
            return any(outage.overlaps(span) for outage in self._spans[part])
