"""The closing table."""

from collections.abc import Mapping

import numpy as np

from .journal import Journal

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
