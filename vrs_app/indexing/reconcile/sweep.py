"""The sweep: a heartbeat, a periodic reconcile, and the scan of the files in slices."""

import time
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded

from ...conf import conf
from ...infra import heartbeats
from ...infra.heartbeats import Part
from ...infra.log import EventLog
from ...infra.redaction import describe_error
from ..enqueue import enqueue_batch
from ..outbox import claims
from ..outbox.drain import DRAIN_SECONDS, drain_or_log
from . import file_scan, known_files
from .file_scan import Scan
from .full_pass import reconcile
from .report import Findings, Step

log = EventLog(__name__)

SLICE_SECONDS = 20
"""Seconds that one task reads files, so that waiting pictures are not held up for long."""

SLICE_TIME_LIMIT = 60
"""Soft time limit of that task in seconds, met where one file takes too long to be read."""

MAX_STOPPED_SLICES = 3
"""Slices in a row that meet SLICE_TIME_LIMIT, after which the storage counts as unavailable."""

OUT_OF_TIME = (
    "Comparing the catalogue took longer than the task's time limit in the shop's Celery "
    "settings. Give vrs_app.tasks.sweep more, or let cron run manage.py vrs_reconcile."
)

SCAN_INTERVAL = timedelta(hours=1)
"""How often a scan of the files that are due begins."""


def run_sweep() -> None:
    """Record beat's heartbeat, drain the outbox, reconcile if that is due."""
    heartbeats.beat(Part.SWEEP)
    if drain_or_log(DRAIN_SECONDS).changes.pictures:
        enqueue_batch()  # the one before this sweep may be over
    claims.prune()
    if heartbeats.take_turn(Part.RECONCILE, timedelta(hours=conf.RECONCILE_HOURS)):
        _reconcile()


def _reconcile() -> None:
    """Reconcile without files; errors are logged and recorded in the heartbeat."""
    began = time.monotonic()
    try:
        # One product that ends its worker must not end each reconcile, too.
        left_out = claims.given_up()
        found = reconcile(with_files=False, progress=_renew_heartbeats, left_out=left_out)
    except SoftTimeLimitExceeded:
        log.error("reconcile_failed", problem=OUT_OF_TIME)
        heartbeats.beat(Part.RECONCILE, problem=OUT_OF_TIME)
    except Exception as error:  # the shop's Catalogue queries its own tables in there
        log.error("reconcile_failed", error=error, stack=error)
        heartbeats.beat(Part.RECONCILE, problem=describe_error(error))
    else:
        _log_findings(found, time.monotonic() - began)


def _renew_heartbeats(step: Step, count: int) -> None:
    """Keep the turn, and the sweep's heartbeat too: the next sweeps are queued behind this one."""
    heartbeats.renew_turn(Part.RECONCILE)
    heartbeats.beat(Part.SWEEP)


def _log_findings(found: Findings, seconds: float) -> None:
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


def is_file_scan_due() -> bool:
    """Whether a scan of the files is to begin; if so, this process has taken its turn."""
    is_wanted = conf.CHECK_FILES_DAYS > 0 or known_files.any_is_outdated()
    return is_wanted and heartbeats.take_turn(Part.FILES, SCAN_INTERVAL)


def scan_due_files(after: int, stopped: int = 0) -> Scan:
    """Check one slice of the files that are due, of image rows with primary keys above `after`.

    `stopped` is the number of slices in a row before it that met SLICE_TIME_LIMIT. Records
    the heartbeat, also before it re-raises an error.
    """
    try:
        due = known_files.due_for_check(conf.CHECK_FILES_DAYS)
        done = file_scan.scan(due, after=after, seconds=SLICE_SECONDS)
        done.more_are_left &= not (done.was_stopped and stopped >= MAX_STOPPED_SLICES)
    except Exception as error:
        heartbeats.end_turn(Part.FILES, problem=describe_error(error))
        raise
    record = heartbeats.renew_turn if done.more_are_left else heartbeats.end_turn
    record(Part.FILES, " ".join(done.problems))
    if done.read:
        log.info("files_checked", read=done.read, gone=done.gone, changed=done.changed)
    if done.problems:
        log.error("files_unavailable", problem=" ".join(done.problems))
    return done
