"""The result of a soak: actions, latencies, faults, excused failures, violations; its table."""

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

WIDTH = 62
MAX_PRINTED = 100
"""Violations that are printed; all are counted."""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A broken promise, its detail, and the seconds since the soak began."""

    promise: str
    detail: str
    at: float

    def __str__(self) -> str:
        return f"[{self.at:7.2f} s] {self.promise}: {self.detail}"


@dataclass(kw_only=True)
class Report:
    """Counters that all threads add to. Times are `time.monotonic` seconds."""

    began: float = field(default_factory=time.monotonic)
    actions: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    observations: Counter[str] = field(default_factory=Counter)
    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    violations: list[Violation] = field(default_factory=list)
    broken_files: dict[str, str] = field(default_factory=dict)
    """SHA-256 digest of each file that is no picture → the code by which it must fail."""
    _lock: Lock = field(default_factory=Lock)

    def count_action(self, name: str) -> None:
        with self._lock:
            self.actions[name] += 1

    def add_latency(self, kind: str, seconds: float) -> None:
        with self._lock:
            self.latencies[kind].append(seconds)

    def count_excuse(self, why: str) -> None:
        with self._lock:
            self.excused[why] += 1

    def add_violation(self, promise: str, detail: str, at: float | None = None) -> None:
        """`at` is the moment of the violation, by default now."""
        since = (time.monotonic() if at is None else at) - self.began
        with self._lock:
            self.violations.append(Violation(promise=promise, detail=detail, at=since))


def table(report: Report) -> list[str]:
    """The lines of the closing table."""
    return [
        *_counted("Done", report.actions),
        *_latencies(report.latencies),
        *_counted("Broken", report.faults),
        *_counted("Excused", report.excused),
        *_counted("Afterwards", report.observations),
        *_violations(report),
    ]


def _counted(title: str, counts: Mapping[str, int]) -> list[str]:
    rows = [f"  {name:<{WIDTH}}{count:6}" for name, count in sorted(counts.items())]
    return ["", f"{title + ', ' + str(sum(counts.values())):<{WIDTH + 2}}", *rows] if rows else []


def _latencies(seconds: Mapping[str, list[float]]) -> list[str]:
    """Milliseconds of each kind of answer: median, 95th percentile, maximum."""
    rows = [
        f"  {kind:<30}{len(each):6} {' '.join(_quantiles(each))}"
        for kind, each in sorted(seconds.items())
    ]
    return ["", "Milliseconds, under faults              p50      p95  slowest", *rows]


def _quantiles(seconds: list[float]) -> list[str]:
    return [f"{1000 * np.quantile(seconds, share):8.0f}" for share in (0.5, 0.95, 1.0)]


def _violations(report: Report) -> list[str]:
    promises: dict[str, int] = {}
    for each in report.violations:
        promises[each.promise] = promises.get(each.promise, 0) + 1
    return [
        "",
        *(str(each) for each in report.violations[:MAX_PRINTED]),
        *(f"  {name:<{WIDTH}}{count:6}" for name, count in promises.items()),
        f"Violations: {len(report.violations)}",
    ]
