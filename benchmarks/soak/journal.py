"""What was done, how long it took, and what ought never to have happened."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from threading import Lock


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
