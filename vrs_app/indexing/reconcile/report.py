"""What a reconciling found wrong, in numbers and in sentences."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

SHOWN = 3
"""Faults that a heartbeat quotes; all may be as many as there are products."""


class Step(StrEnum):
    """The parts of a reconciling that take long."""

    PICTURES = "pictures"
    WORDS = "words"
    FILES = "files"


Watch = Callable[[Step, int], None]
"""Is told now and then how much more of a step is done."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """How much was wrong; all of it is mended where the reconciling was to mend.

    What cannot be mended from here needs a person: each of `faults` names a product that
    could not be compared, each of `problems` something that stood in the way of more.
    """

    pictures: int = 0
    """Rows of pictures that were missing, stood elsewhere in the gallery, or were too many."""
    words: int = 0
    """Products whose words were not those of their texts and colours."""
    leases_expired: int = 0
    """Pictures left in the hands of a worker that is gone."""
    vectors: int = 0
    """Pictures that count as ready, with a vector that is not that of their bytes."""
    files_read: int = 0
    files_gone: int = 0
    files_changed: int = 0
    faults: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def wrong(self) -> int:
        """How much was found that can be mended."""
        rows = self.pictures + self.words + self.leases_expired + self.vectors
        return rows + self.files_gone + self.files_changed

    @property
    def trouble(self) -> str:
        """What needs a person, in a few sentences; empty where nothing does."""
        count = len(self.faults)
        more = f"; and {count - SHOWN} more" if count > SHOWN else ""
        told = f"Not compared: {'; '.join(self.faults[:SHOWN])}{more}." if count else ""
        return " ".join(part for part in (told, *self.problems) if part)
