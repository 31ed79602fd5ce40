"""The Celery task that counts the coverage, and enqueuing it."""

import logging

from celery import shared_task

from vrs_app.infra.broker import send

from . import coverage_job

logger = logging.getLogger(__name__)

SECONDS_A_TASK = 20
"""After which the task enqueues the rest as another, so that waiting pictures are not delayed."""


@shared_task(acks_late=True, ignore_result=True, max_retries=0)
def count_coverage() -> None:
    """Count for SECONDS_A_TASK, and enqueue this task again if more is left."""
    if coverage_job.run(seconds=SECONDS_A_TASK):
        enqueue()


def enqueue() -> bool:
    """Enqueue the count; returns whether the broker accepted it. Errors are logged."""
    try:
        send(count_coverage)
    except Exception as error:  # each broker's library has errors of its own
        logger.warning("The coverage count was not enqueued: %r", error)
        return False
    return True
