"""What was done, how long it took, and what ought never to have happened."""

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A promise that was broken: which, of what, and how many seconds after the beginning."""

    promise: str
    detail: str
    at: float

    def __str__(self) -> str:
        return f"[{self.at:7.2f} s] {self.promise}: {self.detail}"


@dataclass(kw_only=True)
class Journal:
    began: float = field(default_factory=time.monotonic)
    doings: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    violations: list[Violation] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    """Digests of files that are no pictures, each with the code of its failure."""
    _lock: Lock = field(default_factory=Lock)

    def did(self, name: str) -> None:
        with self._lock:
            self.doings[name] += 1

    def took(self, kind: str, seconds: float) -> None:
        with self._lock:
            self.seconds[kind].append(seconds)

    def excuse(self, why: str) -> None:
        with self._lock:
            self.excused[why] += 1

    def accuse(self, promise: str, detail: str, at: float | None = None) -> None:
        """`at` by `time.monotonic`, else now."""
        since = (time.monotonic() if at is None else at) - self.began
        with self._lock:
            self.violations.append(Violation(promise=promise, detail=detail, at=since))


WIDTH = 62
MOST_SHOWN = 100
"""Violations that are printed; all are counted."""


def lines(journal: Journal) -> list[str]:
    return [
        *_counted("Done", journal.doings),
        *_latencies(journal.seconds),
        *_counted("Broken", journal.faults),
        *_counted("Excused", journal.excused),
        *_counted("Afterwards", journal.notes),
        *_violations(journal),
    ]


def _counted(title: str, counts: Mapping[str, int]) -> list[str]:
    rows = [f"  {name:<{WIDTH}}{count:6}" for name, count in sorted(counts.items())]
    return ["", f"{title + ', ' + str(sum(counts.values())):<{WIDTH + 2}}", *rows] if rows else []


def _latencies(seconds: Mapping[str, list[float]]) -> list[str]:
    """Milliseconds under fire, the median and the 95th percentile, and the slowest."""
    rows = [
        f"  {kind:<30}{len(each):6} {' '.join(_quantiles(each))}"
        for kind, each in sorted(seconds.items())
    ]
    return ["", "Milliseconds, under fire                p50      p95  slowest", *rows]


def _quantiles(seconds: list[float]) -> list[str]:
    return [f"{1000 * np.quantile(seconds, share):8.0f}" for share in (0.5, 0.95, 1.0)]


def _violations(journal: Journal) -> list[str]:
    promises: dict[str, int] = {}
    for each in journal.violations:
        promises[each.promise] = promises.get(each.promise, 0) + 1
    return [
        "",
        *(str(each) for each in journal.violations[:MOST_SHOWN]),
        *(f"  {name:<{WIDTH}}{count:6}" for name, count in promises.items()),
        f"Violations: {len(journal.violations)}",
    ]
