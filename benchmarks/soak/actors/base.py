"""Who does things in the shop: each a thread with a plan of its own, until all go home."""

import time
from collections.abc import Callable, Mapping
from random import Random
from threading import Thread
from typing import ClassVar

from django.db import Error, IntegrityError, close_old_connections, connection

from .. import schedule
from ..context import Scenery
from ..judge import FAILED_SAVE, Failure, Judge
from ..timeline import Part, Span

Doing = Callable[[Random], None]


class Overtaken(Exception):
    """What somebody wanted to change was deleted by somebody else a moment ago."""


class Actor(Thread):
    """Does one thing after the other; what goes wrong is judged, and the next thing is tried."""

    weights: ClassVar[Mapping[str, int]]
    """How often each doing comes; a doing is the method of that name."""
    pauses: ClassVar[tuple[float, float]]

    def __init__(self, name: str, scenery: Scenery, judge: Judge) -> None:
        super().__init__(name=name, daemon=True)
        self.scenery = scenery
        self.judge = judge
        self.number = 0

    def run(self) -> None:
        seed = f"{self.scenery.seed} {self.name}"
        for step in schedule.steps(seed, self.weights, self.pauses):
            if self.scenery.is_over.wait(step.pause):
                break
            self.number += 1
            self.do(step)
        connection.close()

    def do(self, step: schedule.Step) -> None:
        doing: Doing = getattr(self, step.name)
        close_old_connections()  # as Django does before each request
        began = time.monotonic()
        try:
            doing(step.chance)
        except Overtaken:
            self.scenery.journal.did("overtaken by somebody else")
        except Exception as error:
            self._failed(step.name, error, began)
            connection.close()

    def _failed(self, name: str, error: Exception, began: float) -> None:
        """A cut connection is PostgreSQL's; a constraint or a deadlock may be of our making."""
        is_database = isinstance(error, Error) and not isinstance(error, IntegrityError)
        span = Span(began=began, ended=time.monotonic())
        what = f"{self.name}: {name} → {error!r}"
        if is_database:
            self.judge.failed(Failure(what=what, span=span, part=Part.ACTORS_DATABASE))
        else:
            self.scenery.journal.accuse(FAILED_SAVE, what, began)
