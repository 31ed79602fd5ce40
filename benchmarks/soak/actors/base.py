"""The base of all actors: a thread that performs the steps of its own schedule."""

import time
from collections.abc import Callable, Mapping
from random import Random
from threading import Thread
from typing import ClassVar

from django.db import Error, IntegrityError, close_old_connections, connection

from .. import schedule
from ..context import SoakContext
from ..judge import FAILED_SAVE, Failure, Judge
from ..timeline import Part, Span

Action = Callable[[Random], None]


class Conflict(Exception):
    """The action cannot be done: another actor has just deleted or changed its product."""


class Actor(Thread):
    """Performs one action after the other; failures go to the judge, and the next one follows."""

    weights: ClassVar[Mapping[str, int]]
    """Name of each action, which is a method, and how often it comes."""
    pauses: ClassVar[tuple[float, float]]
    """Shortest and longest pause between actions, in seconds."""

    def __init__(self, name: str, context: SoakContext, judge: Judge) -> None:
        super().__init__(name=name, daemon=True)
        self.context = context
        self.judge = judge
        self.number = 0

    def run(self) -> None:
        seed = f"{self.context.seed} {self.name}"
        for step in schedule.steps(seed, self.weights, self.pauses):
            if self.context.is_over.wait(step.pause):
                break
            self.number += 1
            self.perform(step)
        connection.close()

    def perform(self, step: schedule.Step) -> None:
        action: Action = getattr(self, step.name)
        close_old_connections()  # as Django does before each request
        began = time.monotonic()
        try:
            action(step.rng)
        except Conflict:
            self.context.report.count_action("overtaken by somebody else")
        except Exception as error:
            self._failed(step.name, error, began)
            connection.close()

    def _failed(self, name: str, error: Exception, began: float) -> None:
        """Only a database error can be excused by an outage, and no broken constraint."""
        is_database = isinstance(error, Error) and not isinstance(error, IntegrityError)
        span = Span(began=began, ended=time.monotonic())
        what = f"{self.name}: {name} → {error!r}"
        if is_database:
            self.judge.add_failure(Failure(what=what, span=span, part=Part.ACTORS_DATABASE))
        else:
            self.context.report.add_violation(FAILED_SAVE, what, began)
