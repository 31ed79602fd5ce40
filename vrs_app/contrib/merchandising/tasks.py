"""The thin Celery task that counts, a slice at a time, and how it is asked for."""

import logging

from celery import current_app, shared_task

from vrs_app.conf import conf
from vrs_app.tasks import GRACE, impatient

from . import counting

logger = logging.getLogger(__name__)

SLICE = 20
"""Seconds of counting that one task does; then pictures that wait get their turn."""


@shared_task(acks_late=True, ignore_result=True, max_retries=0)
def count_coverage() -> None:
    """Count one slice and ask for the next."""
    if counting.go_on(seconds=SLICE):
        ask()


def ask() -> bool:
    """Ask a worker to count; whether the broker took it."""
    try:
        with current_app.connection_for_write(**impatient(conf.BROKER_TIMEOUT)) as connection:
            count_coverage.apply_async(
                connection=connection,  # type: ignore[call-arg]  # unknown to the stubs
                queue=conf.QUEUE,
                retry=False,
                soft_time_limit=conf.BATCH_TIME_LIMIT,
                time_limit=conf.BATCH_TIME_LIMIT + GRACE,
            )
    except Exception as error:  # each broker's library has errors of its own
        logger.warning("The broker did not take the count of the coverage: %r", error)
        return False
    return True
