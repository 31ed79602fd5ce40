"""Thin Celery tasks; their names stand in beat schedules and in queued messages."""

import math
import time
from typing import Any

from celery import Task, current_app, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from celery.signals import worker_process_init

from .conf import conf
from .indexing import enqueue
from .indexing.enqueue import enqueue_batch
from .indexing.outbox import claims
from .indexing.outbox.drain import DRAIN_SECONDS, Drained, drain_or_log
from .indexing.reconcile.sweep import (
    SLICE_TIME_LIMIT,
    is_file_scan_due,
    run_sweep,
    scan_due_files,
)
from .indexing.worker import embed_batch
from .infra.broker import age_of, send
from .infra.log import EventLog
from .photos import warmup
from .photos import worker as photos_worker

log = EventLog(__name__)

COVERED_SECONDS = enqueue.INTERVAL + 0.1
"""Age of a message at which all saves are committed that enqueued none of their own after it."""


class EventTask(Task):  # type: ignore[type-arg]  # before Celery 5.7 it takes no arguments
    """A task that logs in one line that its process was killed or stopped."""

    # By its path, since only workers import `celery.worker`.
    Request = "vrs_app.infra.celery_request:OneLineRequest"


@shared_task(bind=True, acks_late=True, ignore_result=True, max_retries=0, base=EventTask)
def embed_waiting(self: Any) -> None:
    """Drain the outbox, embed one batch of waiting pictures; enqueue the next if more wait.

    At the end it drains once more, for the colours that were measured and for saves that
    enqueued nothing, since their process had just done so. An error of the embedder keeps no
    change waiting.
    """
    try:
        first = drain_or_log(DRAIN_SECONDS)
        drained_at = time.monotonic()
        try:
            more_wait = embed_batch().more_wait
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            _drain_again(first, _age(self.request, first, drained_at))
            raise
        _drain_again(first, _age(self.request, first, drained_at), more_wait=more_wait)
    except SoftTimeLimitExceeded:  # logged already, and a stack trace would add nothing
        if claims.exist():
            enqueue_batch()


def _age(request: Any, first: Drained, drained_at: float) -> float:
    """Age of the message; no more than that of the `first` drain, if that found rows.

    The message is as old as the clocks of two machines say. By one that is slow, the saves of
    the second after it would be left to the sweep.
    """
    age = age_of(request)
    is_own = bool(first.rows) and age < math.inf
    return min(age, time.monotonic() - drained_at) if is_own else age


def _drain_again(first: Drained, age: float, *, more_wait: bool = False) -> None:
    """Drain once the message has the `age` that covers its saves; enqueue if anything waits.

    `more_wait` says whether pictures do. Nothing sleeps while there is other work.
    """
    more_wait |= first.more_wait
    if not more_wait:
        time.sleep(max(0.0, COVERED_SECONDS - age))
    last = drain_or_log(DRAIN_SECONDS)
    is_retried = first.is_busy or last.is_busy
    if more_wait or last.more_wait or is_retried or last.changes.pictures:
        enqueue_batch()


@shared_task(ignore_result=True, max_retries=0)
def sweep() -> None:
    """Enqueue a batch, reconcile and scan the files if they are due; sent by the shop's beat.

    A batch is always enqueued: only a worker can see that weights have become available, or
    make the space of a changed setting.
    """
    enqueue_batch()
    try:
        run_sweep()
    except SoftTimeLimitExceeded:  # logged already
        return
    if is_file_scan_due():
        _enqueue_file_check(after=0)


@shared_task(acks_late=True, ignore_result=True, max_retries=0, base=EventTask)
def check_files(after: int = 0, stopped: int = 0) -> None:
    """Check one slice of the files that are due; enqueue the next slice if any are left.

    `after` is the primary key to go on from. `stopped` is the number of slices in a row that
    met their time limit.
    """
    done = scan_due_files(after, stopped)
    if done.gone or done.changed:
        enqueue_batch()
    if done.more_are_left:
        _enqueue_file_check(done.last, stopped + 1 if done.was_stopped else 0)


def _enqueue_file_check(after: int, stopped: int = 0) -> None:
    """Enqueue a slice; if the broker fails, the lost turn is taken by a later sweep."""
    try:
        send(check_files, after, stopped, time_limit=SLICE_TIME_LIMIT)
    except Exception as error:  # each broker's library has errors of its own
        log.warning("file_check_not_enqueued", error=error)


# Not redelivered: when a killed worker's task came again, its shopper would have timed out.
@shared_task(acks_late=False, ignore_result=True, max_retries=0, base=EventTask)
def look_at_photo(key: str) -> None:
    """Embed the photo under `key` in PHOTO_CACHE, and reply there with its vector."""
    photos_worker.embed_and_reply(key)


@worker_process_init.connect
def warm_up(**kwargs: Any) -> None:
    """Load the embedder when a worker process starts that takes photos from PHOTO_QUEUE."""
    if conf.PHOTO_QUEUE in current_app.amqp.queues.consume_from:
        warmup.start_loading()
