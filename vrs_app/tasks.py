"""Thin Celery tasks; their names stand in beat schedules and in queued messages."""

from typing import Any

from celery import Task, current_app, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from celery.signals import worker_process_init

from .conf import conf
from .indexing import worker
from .indexing.enqueue import enqueue_batch
from .indexing.reconcile import sweep as reconcile_sweep
from .infra.broker import send
from .infra.log import EventLog
from .photos import worker as photos_worker

log = EventLog(__name__)


class EventTask(Task[Any, Any]):
    """One whose killed process is told of in one line."""

    Request = (
        "vrs_app.infra.celery_request:OneLineRequest"  # by its name, since workers alone need it
    )


@shared_task(acks_late=True, ignore_result=True, max_retries=0, base=EventTask)
def embed_waiting() -> None:
    """Embed one batch of waiting pictures and ring again if more wait."""
    try:
        more_wait = worker.embed_batch().more_wait
    except SoftTimeLimitExceeded:  # the log has it; a stack trace would tell nothing more
        return
    if more_wait:
        enqueue_batch()


@shared_task(ignore_result=True, max_retries=0)
def sweep() -> None:
    """Ring for all that no bell was heard for; sent by the shop's beat.

    Always, since what waits may be unknown yet: weights that are there at last, or other
    ones in the settings, whose space only a worker can make.
    """
    enqueue_batch()
    reconcile_sweep.sweep()
    if reconcile_sweep.is_time_for_files():
        _ask_for_files(after=0)


@shared_task(acks_late=True, ignore_result=True, max_retries=0, base=EventTask)
def check_files(after: int = 0, stopped: int = 0) -> None:
    """Read one slice of the files that are due, and ask for the next."""
    walk = reconcile_sweep.check_files(after, stopped)
    if walk.gone or walk.changed:
        enqueue_batch()
    if walk.more_are_left:
        _ask_for_files(walk.last, stopped + 1 if walk.was_stopped else 0)


def _ask_for_files(after: int, stopped: int = 0) -> None:
    try:
        send(check_files, after, stopped, time_limit=reconcile_sweep.TIME_LIMIT)
    except Exception as error:  # each broker's library has errors of its own
        log.warning("files_not_asked_for", error=error)


# Nobody waits for a photo any more when a killed worker's task would come again.
@shared_task(acks_late=False, ignore_result=True, max_retries=0, base=EventTask)
def look_at_photo(key: str) -> None:
    """Embed the shopper's photo that is parked under `key`, and leave its vector there."""
    photos_worker.answer(key)


@worker_process_init.connect
def warm_up(**kwargs: Any) -> None:
    """A worker process that takes photos has its embedder loaded before the first comes."""
    if conf.PHOTO_QUEUE in current_app.amqp.queues.consume_from:
        photos_worker.warm_up()
