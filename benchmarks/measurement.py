"""Measuring one backend: latency, time in SQL, recall."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrs_app.infra.transactions import SET_LOCAL_SQL

from .backends import LIMIT, Backend, Filter
from .synthetic_catalogue import SyntheticCatalogue

WARM_UP = 20
"""Queries that are not measured."""
WIDTH = 38
HEADINGS = "    p50     p95     SQL  Python   recall  rows"


@dataclass(kw_only=True)
class Measurement:
    """Of each query: seconds, seconds in SQL, recall, and number of rows."""

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
        """A line of the table: milliseconds, mean recall, and the fewest rows."""
        python = np.subtract(self.seconds, self.sql)
        times = (self.median, np.quantile(self.seconds, 0.95), np.median(self.sql))
        figures = "".join(f"{1000 * each:7.1f} " for each in (*times, np.median(python)))
        return f"{name:{WIDTH}}{figures}{self.mean_recall:8.3f} {min(self.rows):5}"


class SqlTimer:
    """An execute wrapper: adds up the seconds in SQL, and collects the settings that are set."""

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
    def installed(self) -> Iterator[None]:
        """Time the statements of the block, from 0."""
        from django.db import connection

        self.seconds = 0.0
        with connection.execute_wrapper(self):
            yield


class GroundTruth:
    """The exact nearest neighbours, by NumPy, of the queried rows."""

    def __init__(self, catalogue: SyntheticCatalogue, rows: Sequence[int]) -> None:
        self.catalogue = catalogue
        self.similarity = dict(
            zip(rows, catalogue.vectors[rows] @ catalogue.vectors.T, strict=True)
        )

    def recall(self, found: Sequence[int], row: int, chosen: Filter) -> float:
        """The share of the LIMIT exact neighbours that is in `found`; 1 where there are none."""
        right = self._neighbours(row, chosen.mask(row))
        return len(right & set(found)) / len(right) if right else 1.0

    def _neighbours(self, row: int, mask: NDArray[np.bool_]) -> set[int]:
        similarity = np.where(mask, self.similarity[row], -np.inf)
        similarity[row] = -np.inf
        best = np.argsort(-similarity)[:LIMIT]
        return set(self.catalogue.keys[best[np.isfinite(similarity[best])]].tolist())


def measure(
    backend: Backend, rows: list[int], chosen: Filter, truth: GroundTruth, timer: SqlTimer
) -> Measurement:
    """Measure the backend at each row, after WARM_UP unmeasured ones."""
    measured = Measurement()
    for number, row in enumerate(rows):
        search = backend(row)
        with timer.installed():
            began = time.perf_counter()
            found = search()
            seconds = time.perf_counter() - began
        if number >= WARM_UP:
            measured.seconds.append(seconds)
            measured.sql.append(timer.seconds)
            measured.rows.append(len(found))
            measured.recall.append(truth.recall(found, row, chosen))
    return measured
