"""The Celery task that prunes; the shop's beat schedule enqueues it once a day."""

import logging

from celery import shared_task

from vrs_app.infra.broker import send

from . import pruning

logger = logging.getLogger(__name__)

SECONDS_A_TASK = 20
"""After which the task enqueues the rest as another, so that waiting pictures are not delayed."""


@shared_task(acks_late=True, ignore_result=True, max_retries=0)
def prune() -> None:
    """Prune for SECONDS_A_TASK, and enqueue this task again if more is left."""
    deleted, more_are_left = pruning.prune(seconds=SECONDS_A_TASK)
    logger.info("Pruned %s interactions.", deleted)
    if more_are_left:
        try:
            send(prune)
        except Exception as error:  # each broker's library has errors of its own
            logger.warning("Pruning was not enqueued again; beat will do so: %r", error)
