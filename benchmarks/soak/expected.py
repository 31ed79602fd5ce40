"""Which products there are, and which of them may be seen when: the truth to judge by.

Every change of it is noted before it begins and after it is committed; between the two, and
after a change of which nobody knows whether it was committed, nothing is sure.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from threading import Lock

from .timeline import Span


class Standing(StrEnum):
    UNSURE = "unsure"
    SHOWN = "shown"
    HIDDEN = "hidden"
    DELETED = "deleted"


GONE_FROM_SIGHT = (Standing.HIDDEN, Standing.DELETED)


@dataclass(kw_only=True, eq=False)
class Known:
    """A product, whose it is to hide and delete, and how it stood from which moment on."""

    slug: str
    owner: str
    key: int = 0
    since: list[tuple[float, Standing]] = field(default_factory=list)
    is_told: bool = True
    """False once something changed without a signal, or nobody knows whether it did."""

    @property
    def standing(self) -> Standing:
        return self.since[-1][1]

    def during(self, span: Span) -> set[Standing]:
        """How it stood within `span`: what held when it began, and what came in it."""
        before = [standing for at, standing in self.since if at <= span.began]
        within = [standing for at, standing in self.since if span.began < at <= span.ended]
        return {*(before[-1:] or [Standing.UNSURE]), *within}


class Shelf:
    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._alive: list[Known] = []
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._alive)

    @property
    def all(self) -> list[Known]:
        with self._lock:
            return list(self._known.values())

    def named(self, slug: str) -> Known | None:
        return self._known.get(slug)

    def announce(self, slug: str, owner: str) -> Known:
        """A product that somebody is about to save."""
        known = Known(slug=slug, owner=owner, since=[(time.monotonic(), Standing.UNSURE)])
        with self._lock:
            self._known[slug] = known
        return known

    def pick(self, chance: Random, owner: str = "") -> Known | None:
        """One that is not deleted, of `owner` if one is named."""
        with self._lock:
            there = [known for known in self._alive if owner in ("", known.owner)]
        return there[int(chance.random() * len(there))] if there else None

    def pick_ever(self, chance: Random) -> Known | None:
        """Mostly one that is not deleted, now and then one that is."""
        is_late = chance.random() < 0.1
        if known := self.pick(chance):
            ever = self.all
            return ever[int(chance.random() * len(ever))] if is_late else known
        return None

    @contextmanager
    def changing(self, known: Known, becomes: Standing) -> Iterator[None]:
        """The block commits what makes `known` so; where it raises, nobody knows."""
        self.note(known, Standing.UNSURE)
        try:
            yield
        except BaseException:
            known.is_told = False
            raise
        self.note(known, becomes)

    def note(self, known: Known, standing: Standing) -> None:
        with self._lock:
            known.since.append((time.monotonic(), standing))
            if standing == Standing.DELETED:
                self._alive.remove(known)
            elif standing != Standing.UNSURE and known not in self._alive:
                self._alive.append(known)
