"""The thin Celery task that prunes, for the shop's beat, once a day."""

import logging

from celery import shared_task

from vrs_app.infra.broker import send

from . import pruning

logger = logging.getLogger(__name__)

SLICE = 20
"""Seconds that one task prunes; then pictures that wait get their turn."""


@shared_task(acks_late=True, ignore_result=True, max_retries=0)
def prune() -> None:
    """Prune one slice, and ask for the next where more is too old."""
    deleted, more_are_left = pruning.prune(seconds=SLICE)
    logger.info("Forgot %s interactions of shoppers, by their age.", deleted)
    if more_are_left:
        try:
            send(prune)
        except Exception as error:  # each broker's library has errors of its own
            logger.warning("The broker did not take the rest; beat will ask again: %r", error)
