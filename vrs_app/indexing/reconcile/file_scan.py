"""A walk through the files of all pictures, a few at a time."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import QuerySet

from ... import spaces
from ...exceptions import StorageUnavailable
from ...infra.redaction import masked
from ...spaces import pending
from .. import storage
from .file_check import Verdict, look_at, note
from .known_files import KnownFile, next_files

AT_ONCE = 16
"""Files that are read before what was found is noted."""

MOST_WITHHELD, PATIENCE = 16, 10
"""Files in a row that the storage withholds, and seconds in which it gave none, after which it
counts as away."""


@dataclass(kw_only=True)
class Walk:
    """How far a walk came and what it found; `last` is the primary key of its last picture.

    `end` is the moment of `time.monotonic` at which it is to pause. It `was_stopped` by its
    task's time limit, at a file that takes too long.
    """

    last: int = 0
    read: int = 0
    gone: int = 0
    changed: int = 0
    more_are_left: bool = True
    problems: list[str] = field(default_factory=list)
    withheld_in_a_row: int = 0
    is_empty: bool = False
    was_stopped: bool = False
    heard_at: float = field(default_factory=time.monotonic, compare=False)
    end: float = math.inf

    @property
    def is_late(self) -> bool:
        return time.monotonic() >= self.end

    def heard(self) -> None:
        """The storage gave a file, or said that it is gone."""
        self.read += 1
        self.withheld_in_a_row, self.heard_at = 0, time.monotonic()

    def withheld(self, error: StorageUnavailable) -> None:
        """The storage gave nothing; the first such error is told."""
        self.problems = self.problems or [masked(str(error))]
        self.withheld_in_a_row += 1

    def found_empty(self, error: StorageUnavailable) -> None:
        """The storage answers, but its files are not there."""
        self.problems = self.problems or [masked(str(error))]
        self.is_empty = True

    @property
    def is_away(self) -> bool:
        """Whether the storage has given nothing for too long, or has lost everything."""
        is_silent = time.monotonic() - self.heard_at > PATIENCE
        many = self.withheld_in_a_row >= MOST_WITHHELD
        return self.is_empty or (bool(self.withheld_in_a_row) and (many or is_silent))


def walk(
    images: QuerySet[Any],
    *,
    after: int = 0,
    seconds: float = math.inf,
    find_only: bool = False,
    watch: Callable[[int], None] | None = None,
) -> Walk:
    """Look at the files of `images` beyond the key `after`, for about so many seconds.

    In the order of their keys, so that what cannot be read or noted now holds up no other.
    With a limit it also ends, as soon as it has got on, where pictures wait for the worker.
    A storage that is away ends it too, and is told of among the `problems`.
    """
    done = Walk(last=after, end=time.monotonic() + seconds)
    while done.more_are_left:
        some = next_files(images, done.last, AT_ONCE)
        _look(some, done, find_only)
        if watch:
            watch(len(some))
        if done.is_late or (seconds < math.inf and _others_wait()):
            break
    return done


def _others_wait() -> bool:
    return any(pending.exist(space) for space in spaces.filled())


def _look(some: Sequence[KnownFile], done: Walk, find_only: bool) -> None:
    """Read these files and note what was found, also of those before the storage went away."""
    seen = _trusted(dict(_verdicts(some, done)), done)
    is_cut_short = bool(some) and done.last != some[-1].image_id
    is_unfinished = is_cut_short or len(some) == AT_ONCE
    done.more_are_left = is_unfinished and (done.was_stopped or not done.is_away)
    noted = seen if find_only else note(seen)
    done.gone += sum(verdict is Verdict.GONE for verdict in noted.values())
    done.changed += sum(verdict is Verdict.CHANGED for verdict in noted.values())


def _trusted(seen: dict[KnownFile, Verdict], done: Walk) -> dict[KnownFile, Verdict]:
    """What was seen; nothing where not one file was there, since the storage itself is not."""
    gone = [known.image_id for known, verdict in seen.items() if verdict is Verdict.GONE]
    if not gone or {Verdict.SAME, Verdict.CHANGED}.intersection(seen.values()):
        return seen
    if error := storage.storage_away(gone):
        done.found_empty(error)
        return {}
    return seen


def _verdicts(some: Sequence[KnownFile], done: Walk) -> Iterator[tuple[KnownFile, Verdict]]:
    for known in some:
        try:
            verdict = look_at(known)
        except SoftTimeLimitExceeded:
            done.withheld(StorageUnavailable(f"The storage takes too long to give {known.name}."))
            done.was_stopped, done.end = True, time.monotonic()
        except StorageUnavailable as error:
            done.withheld(error)
            if done.is_away:
                return
        else:
            done.heard()
            yield known, verdict
        done.last = known.image_id
        if done.is_late:
            return
