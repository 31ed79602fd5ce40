"""Thin Celery tasks, and the bell that starts them."""

import logging
from typing import Any

from celery import current_app, shared_task
from celery.signals import worker_process_init

from . import indexing
from .broker import impatient, send
from .conf import conf
from .photos import answering

__all__ = ["embed_waiting", "impatient", "look_at_photo", "ring", "send", "sweep"]

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True, max_retries=0)
def embed_waiting() -> None:
    """Embed one batch of waiting pictures and ring again if more wait."""
    if indexing.embed_batch().more_wait:
        ring()


@shared_task(ignore_result=True, max_retries=0)
def sweep() -> None:
    """Ring for all that no bell was heard for; sent by the shop's beat.

    Always, since what waits may be unknown yet: weights that are there at last, or other
    ones in the settings, whose space only a worker can make.
    """
    ring()
    indexing.sweep()


# Nobody waits for a photo any more when a killed worker's task would come again.
@shared_task(acks_late=False, ignore_result=True, max_retries=0)
def look_at_photo(key: str) -> None:
    """Embed the shopper's photo that is parked under `key`, and leave its vector there."""
    answering.answer(key)


@worker_process_init.connect
def warm_up(**kwargs: Any) -> None:
    """A worker process that takes photos has its embedder loaded before the first comes."""
    if conf.PHOTO_QUEUE in current_app.amqp.queues.consume_from:
        answering.warm_up()


def ring() -> None:
    """Ask for a worker, fire and forget.

    The call carries no work: the rows do. So a broker that is down or silent costs the
    caller `VRS["BROKER_TIMEOUT"]` and loses nothing; the sweep rings for it later.
    """
    try:
        send(embed_waiting)
    except Exception as error:  # each broker's library has errors of its own
        logger.warning("The broker did not take the bell; the sweep will ring: %r", error)
