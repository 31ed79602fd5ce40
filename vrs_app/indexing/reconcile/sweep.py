"""What beat's sweep does, and the slices in which a worker walks through the files."""

import time
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded

from ...conf import conf
from ...infra import heartbeats
from ...infra.heartbeats import Part
from ...infra.log import EventLog
from ...infra.redaction import described
from .. import colour_text
from . import file_scan, known_files
from .file_scan import Walk
from .full_pass import reconcile
from .report import Findings, Step

log = EventLog(__name__)

SLICE = 20
"""Seconds that one task reads files; then pictures that wait get their turn."""

TIME_LIMIT = 60
"""Seconds after which that task is asked to stop: a file takes too long to be read."""

MOST_STOPPED = 3
"""Slices in a row that a file stops by taking too long, after which the storage counts as away."""

CUT_OFF = (
    "Comparing the catalogue took longer than the task's time limit in the shop's Celery "
    "settings. Give vrs_app.tasks.sweep more, or let cron run manage.py vrs_reconcile."
)

WALKS = timedelta(hours=1)
"""How often a worker looks whether any file is due to be read."""


def sweep() -> None:
    """Show that beat is at work; once in a while, compare the whole catalogue with its rows."""
    heartbeats.beat(Part.SWEEP)
    colour_text.sync_quietly()
    if heartbeats.take_turn(Part.RECONCILE, timedelta(hours=conf.RECONCILE_HOURS)):
        _take_turn()


def _take_turn() -> None:
    began = time.monotonic()
    try:
        found = reconcile(with_files=False, watch=_say_that_it_goes_on)
    except SoftTimeLimitExceeded:
        log.error("reconcile_failed", problem=CUT_OFF)
        heartbeats.beat(Part.RECONCILE, problem=CUT_OFF)
    except Exception as error:  # the shop's Catalogue reads its tables in there
        log.error("reconcile_failed", error=error, stack=error)
        heartbeats.beat(Part.RECONCILE, problem=described(error))
    else:
        _tell(found, time.monotonic() - began)


def _say_that_it_goes_on(step: Step, count: int) -> None:
    """The next sweeps wait behind this one."""
    heartbeats.go_on(Part.RECONCILE)
    heartbeats.beat(Part.SWEEP)


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


def check_files(after: int, stopped: int = 0) -> Walk:
    """Read one slice of the files that are due, of pictures with keys beyond `after`.

    The slices before it, `stopped` of them in a row, ended at a file that takes too long.
    """
    if not conf.CHECK_FILES_DAYS:  # since the walk began
        heartbeats.end_turn(Part.FILES)
        return Walk(more_are_left=False)
    try:
        due = known_files.not_looked_at_for(conf.CHECK_FILES_DAYS)
        walk = file_scan.walk(due, after=after, seconds=SLICE)
        walk.more_are_left &= not (walk.was_stopped and stopped >= MOST_STOPPED)
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
