"""Timing one contestant, and judging what it finds."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrs_app.infra.locks import SET_LOCAL_SQL

from .backends import LIMIT, Contestant, Filter
from .synthetic_catalogue import Shelf

WARM_UP = 20
"""Queries before the first that counts."""
WIDTH = 38
HEADINGS = "    p50     p95     SQL  Python   recall  rows"


@dataclass(kw_only=True)
class Measured:
    """Of each query: seconds, those of them in SQL, recall, and rows."""

    seconds: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    @property
    def median(self) -> float:
        return float(np.median(self.seconds))

    @property
    def mean_recall(self) -> float:
        return float(np.mean(self.recall))

    def line(self, name: str) -> str:
        """Milliseconds; the rows are those of the shortest answer."""
        python = np.subtract(self.seconds, self.sql)
        times = (self.median, np.quantile(self.seconds, 0.95), np.median(self.sql))
        figures = "".join(f"{1000 * each:7.1f} " for each in (*times, np.median(python)))
        return f"{name:{WIDTH}}{figures}{self.mean_recall:8.3f} {min(self.rows):5}"


class Log:
    """Django calls it in place of each statement: what is spent in SQL, and what is set."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.settings: set[str] = set()

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if sql == SET_LOCAL_SQL:
            self.settings |= {f"{name} = {value}" for name, value in zip(*params, strict=True)}
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began

    @contextmanager
    def listening(self) -> Iterator[None]:
        from django.db import connection

        self.seconds = 0.0
        with connection.execute_wrapper(self):
            yield


class Judge:
    """What NumPy finds by comparing everything with the queries' vectors."""

    def __init__(self, shelf: Shelf, rows: Sequence[int]) -> None:
        self.shelf = shelf
        self.likeness = dict(zip(rows, shelf.vectors[rows] @ shelf.vectors.T, strict=True))

    def recall(self, found: Sequence[int], row: int, chosen: Filter) -> float:
        right = self._right(row, chosen.kept(row))
        return len(right & set(found)) / len(right) if right else 1.0

    def _right(self, row: int, kept: NDArray[np.bool_]) -> set[int]:
        likeness = np.where(kept, self.likeness[row], -np.inf)
        likeness[row] = -np.inf
        best = np.argsort(-likeness)[:LIMIT]
        return set(self.shelf.keys[best[np.isfinite(likeness[best])]].tolist())


def measure(
    contestant: Contestant, rows: list[int], chosen: Filter, judge: Judge, log: Log
) -> Measured:
    """Every row but the first few, which warm caches up."""
    measured = Measured()
    for number, row in enumerate(rows):
        answer = contestant(row)
        with log.listening():
            began = time.perf_counter()
            found = answer()
            seconds = time.perf_counter() - began
        if number >= WARM_UP:
            measured.seconds.append(seconds)
            measured.sql.append(log.seconds)
            measured.rows.append(len(found))
            measured.recall.append(judge.recall(found, row, chosen))
    return measured
