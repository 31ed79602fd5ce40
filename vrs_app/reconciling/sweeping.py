"""What beat's sweep does, and the slices in which a worker walks through the files."""

import time
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded

from .. import heartbeats, recolouring
from ..conf import conf
from ..events import EventLog
from ..heartbeats import Part
from ..masking import described
from . import known, walking
from .findings import Findings, Step
from .walking import Walk
from .whole import reconcile

log = EventLog(__name__)

SLICE = 20
"""Seconds that one task reads files; then pictures that wait get their turn."""

TIME_LIMIT = 60
"""Seconds after which that task is stopped: a file takes too long to be read."""

OUT_OF_TIME = f"The storage did not give a file within {TIME_LIMIT - SLICE} seconds."

WALKS = timedelta(hours=1)
"""How often a worker looks whether any file is due to be read."""


def sweep() -> None:
    """Show that beat is at work; once in a while, compare the whole catalogue with its rows."""
    heartbeats.beat(Part.SWEEP)
    recolouring.sync_quietly()
    if heartbeats.take_turn(Part.RECONCILE, timedelta(hours=conf.RECONCILE_HOURS)):
        _take_turn()


def _take_turn() -> None:
    began = time.monotonic()
    try:
        found = reconcile(with_files=False, watch=_say_that_it_goes_on)
    except Exception as error:  # the shop's Catalogue reads its tables in there
        log.error("reconcile_failed", error=error, stack=error)
        heartbeats.beat(Part.RECONCILE, problem=described(error))
    else:
        _tell(found, time.monotonic() - began)


def _say_that_it_goes_on(step: Step, count: int) -> None:
    heartbeats.go_on(Part.RECONCILE)


def _tell(found: Findings, seconds: float) -> None:
    log.info(
        "reconciled",
        pictures=found.pictures,
        words=found.words,
        leases_expired=found.leases_expired,
        vectors=found.vectors,
        faults=len(found.faults),
        seconds=seconds,
    )
    if found.trouble:
        log.error("reconcile_incomplete", problem=found.trouble)


def is_time_for_files() -> bool:
    """Whether a walk through the files is to begin; if so, its turn is taken."""
    return conf.CHECK_FILES_DAYS > 0 and heartbeats.take_turn(Part.FILES, WALKS)


def check_files(after: int) -> Walk:
    """Read one slice of the files that are due, of pictures with keys beyond `after`."""
    if not conf.CHECK_FILES_DAYS:  # since the walk began
        heartbeats.end_turn(Part.FILES)
        return Walk(more_are_left=False)
    try:
        due = known.not_looked_at_for(conf.CHECK_FILES_DAYS)
        walk = walking.walk(due, after=after, seconds=SLICE)
    except SoftTimeLimitExceeded:
        heartbeats.end_turn(Part.FILES, problem=OUT_OF_TIME)
        log.error("files_withheld", problem=OUT_OF_TIME)
        return Walk(more_are_left=False)
    except Exception as error:
        heartbeats.end_turn(Part.FILES, problem=described(error))
        raise
    note = heartbeats.go_on if walk.more_are_left else heartbeats.end_turn
    note(Part.FILES, " ".join(walk.problems))
    if walk.read:
        log.info("files_checked", read=walk.read, gone=walk.gone, changed=walk.changed)
    if walk.problems:
        log.error("files_withheld", problem=" ".join(walk.problems))
    return walk
