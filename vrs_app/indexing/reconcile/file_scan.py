"""Scan the files of all pictures in the storage, a few at a time."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import QuerySet

from ... import spaces
from ...exceptions import StorageHangs, StorageUnavailable
from ...infra.redaction import masked
from ...spaces import pending
from .. import storage
from ..results import second_look_problem
from .file_check import Verdict, apply, check_file
from .known_files import KnownFile, next_files

FILES_PER_BATCH = 16
"""Files that are read before their verdicts are written."""

READ_WELL = (Verdict.SAME, Verdict.CHANGED, Verdict.OUTDATED)
"""Verdicts that speak for the storage."""

MAX_UNAVAILABLE = 16
"""Files in a row that the storage does not give, after which it counts as unavailable."""

SILENCE_LIMIT = 10
"""Seconds in which the storage gives no file, after which it counts as unavailable."""


@dataclass(kw_only=True)
class Scan:
    """How far a scan came and what it found.

    `last` is the primary key of its last picture. `read`, `gone` and `changed` count files.
    `end` is the deadline, by `time.monotonic`. It `was_stopped` if its task met the soft time
    limit at a file that takes too long. Times are in seconds.
    """

    last: int = 0
    read: int = 0
    gone: int = 0
    changed: int = 0
    more_are_left: bool = True
    problems: list[str] = field(default_factory=list)
    unavailable_in_a_row: int = 0
    has_lost_all: bool = False
    was_stopped: bool = False
    answered_at: float = field(default_factory=time.monotonic, compare=False)
    end: float = math.inf

    @property
    def is_past_deadline(self) -> bool:
        return time.monotonic() >= self.end

    def count_read(self) -> None:
        """The storage gave a file, or reported it missing."""
        self.read += 1
        self.unavailable_in_a_row, self.answered_at = 0, time.monotonic()

    def count_unavailable(self, error: StorageUnavailable) -> None:
        """The storage did not give a file; the first such error is kept as a problem."""
        self.problems = self.problems or [masked(str(error))]
        self.unavailable_in_a_row += 1

    def mark_all_lost(self, error: StorageUnavailable) -> None:
        """The storage answers, and nearly all files are missing from it."""
        self.problems = [masked(str(error))]
        self.has_lost_all = True

    @property
    def is_storage_unavailable(self) -> bool:
        """Whether the storage has given nothing for too long, or has lost everything."""
        is_silent = time.monotonic() - self.answered_at > SILENCE_LIMIT
        many = self.unavailable_in_a_row >= MAX_UNAVAILABLE
        return self.has_lost_all or (bool(self.unavailable_in_a_row) and (many or is_silent))


def scan(
    images: QuerySet[Any],
    *,
    after: int = 0,
    seconds: float = math.inf,
    find_only: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Scan:
    """Check the files of `images`, a queryset of `known_images`, for about `seconds`.

    It goes through primary keys above `after` in order, so that a file that cannot be read
    holds up no other. Writes the verdicts unless `find_only`. With a limit, it also pauses
    after the first FILES_PER_BATCH if pictures wait for the worker. A storage that is
    unavailable ends it, and is reported in `problems`.
    """
    done = Scan(last=after, end=time.monotonic() + seconds)
    while done.more_are_left:
        some = next_files(images, done.last, FILES_PER_BATCH)
        _check(some, done, find_only)
        if progress:
            progress(len(some))
        if done.is_past_deadline or (seconds < math.inf and _pictures_wait()):
            break
    return done


def _pictures_wait() -> bool:
    return any(pending.exist(space) for space in spaces.filled())


def _check(some: Sequence[KnownFile], done: Scan, find_only: bool) -> None:
    """Check these files and write the verdicts, also those before the storage went away."""
    seen = _trusted(dict(_verdicts(some, done)), done)
    is_cut_short = bool(some) and done.last != some[-1].image_id
    is_unfinished = is_cut_short or len(some) == FILES_PER_BATCH
    done.more_are_left = is_unfinished and (done.was_stopped or not done.is_storage_unavailable)
    applied = seen if find_only else apply(seen)
    done.gone += sum(verdict is Verdict.GONE for verdict in applied.values())
    done.changed += sum(
        verdict in (Verdict.CHANGED, Verdict.SPOILED, Verdict.OUTDATED)
        for verdict in applied.values()
    )


def _trusted(seen: dict[KnownFile, Verdict], done: Scan) -> dict[KnownFile, Verdict]:
    """The verdicts; none if the storage is at fault and all files are missing or wrong."""
    gone = _of(seen, Verdict.GONE)
    wrong = _of(seen, Verdict.DOUBTED, Verdict.SPOILED)
    if doubted := _of(seen, Verdict.DOUBTED):
        done.problems = done.problems or [second_look_problem(len(doubted), doubted[0].name)]
    if not (gone or wrong) or _of(seen, *READ_WELL):
        return seen
    find_fault = storage.wrong_bytes_error if wrong else storage.storage_error
    if error := find_fault([known.image_id for known in (*gone, *wrong)]):
        done.mark_all_lost(error)
        return {}
    return seen


def _of(seen: dict[KnownFile, Verdict], *chosen: Verdict) -> list[KnownFile]:
    return [known for known, verdict in seen.items() if verdict in chosen]


def _verdicts(some: Sequence[KnownFile], done: Scan) -> Iterator[tuple[KnownFile, Verdict]]:
    """Check the files in order, until the deadline or the storage ends it."""
    for known in some:
        try:
            verdict = check_file(known)
        except SoftTimeLimitExceeded:
            done.count_unavailable(StorageHangs(known.name))
            done.was_stopped, done.end = True, time.monotonic()
        except StorageUnavailable as error:
            done.count_unavailable(error)
            if done.is_storage_unavailable:
                return
        else:
            done.count_read()
            yield known, verdict
        done.last = known.image_id
        if done.is_past_deadline:
            return
