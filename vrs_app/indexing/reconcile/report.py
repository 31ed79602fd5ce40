"""What a reconcile found: counts, and sentences for people."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

FAULTS_QUOTED = 3
"""Faults that a heartbeat quotes, of up to one per product."""


class Step(StrEnum):
    """The parts of a reconcile that take long, for progress bars."""

    PRODUCTS = "products"
    FILES = "files"


StepProgress = Callable[[Step, int], None]
"""Called with a step and how many more of its products or files are done."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """How many differences a reconcile found, and repaired unless it was to find only.

    `faults` and `problems` need a person: products that could not be compared, and what kept
    the reconcile from comparing more.
    """

    pictures: int = 0
    """Image rows that were missing, superfluous, or had another position."""
    words: int = 0
    """Products whose text row was not that of their texts and colours."""
    leases_expired: int = 0
    """Pictures under an expired lease."""
    vectors: int = 0
    """Pictures that were READY with a vector of other bytes, or none."""
    files_read: int = 0
    files_gone: int = 0
    files_changed: int = 0
    faults: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def wrong(self) -> int:
        """The number of differences that a reconcile repairs."""
        rows = self.pictures + self.words + self.leases_expired + self.vectors
        return rows + self.files_gone + self.files_changed

    @property
    def trouble(self) -> str:
        """What needs a person, in a few sentences; empty if nothing does."""
        count = len(self.faults)
        more = f"; and {count - FAULTS_QUOTED} more" if count > FAULTS_QUOTED else ""
        quoted = f"Not compared: {'; '.join(self.faults[:FAULTS_QUOTED])}{more}." if count else ""
        return " ".join(part for part in (quoted, *self.problems) if part)
