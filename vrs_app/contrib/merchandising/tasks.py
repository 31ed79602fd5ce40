"""The thin Celery task that counts, a slice at a time, and how it is asked for."""

import logging

from celery import shared_task

from vrs_app.infra.broker import send

from . import coverage_job

logger = logging.getLogger(__name__)

SLICE = 20
"""Seconds of counting that one task does; then pictures that wait get their turn."""


@shared_task(acks_late=True, ignore_result=True, max_retries=0)
def count_coverage() -> None:
    """Count one slice and ask for the next."""
    if coverage_job.go_on(seconds=SLICE):
        ask()


def ask() -> bool:
    """Ask a worker to count; whether the broker took it."""
    try:
        send(count_coverage)
    except Exception as error:  # each broker's library has errors of its own
        logger.warning("The broker did not take the count of the coverage: %r", error)
        return False
    return True
