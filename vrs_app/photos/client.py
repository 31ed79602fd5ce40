"""In the web process: request a photo's embedding from a worker and wait for the reply."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from uuid import uuid4

from celery import current_app
from django.core.cache import BaseCache
from django.utils.translation import gettext as _

from ..conf import conf
from ..exceptions import PhotoSearchUnavailable, PictureError, error_class
from ..infra import broker
from ..infra.log import EventLog
from ..spaces.vectors import SpaceVector
from . import mailbox
from .deadline import Deadline

log = EventLog(__name__)

TASK = "vrs_app.tasks.look_at_photo"
"""Enqueued by name: vrs_app.tasks imports this package."""

RETRY_SECONDS = 15
"""Seconds (Retry-After) in which a restarted worker has loaded its embedder."""

CLOCK_SKEW = 60
"""Seconds by which the clocks of web machines and workers may differ."""

POLL_SECONDS = (0.01, 0.01, 0.02, 0.02, 0.03)
LAST_POLL_SECONDS = 0.05

CLEANUP_SECONDS = 0.1
"""Seconds kept for deleting the photo before the deadline."""


@dataclass(frozen=True, kw_only=True)
class EmbeddedPhoto:
    """A photo's vector, and the seconds that the worker took to embed it."""

    vector: SpaceVector
    seconds: float


def request_embedding(photo: bytes, deadline: Deadline) -> EmbeddedPhoto:
    """Have a worker embed `photo`; raises PictureError and PhotoSearchUnavailable."""
    try:
        reply = deadline.within(partial(_request, mailbox.cache(), photo, deadline))
    except Exception as error:  # each cache's and each broker's library has errors of its own
        raise unavailable_error(error) from error
    if "code" in reply:
        raise _picture_error(reply["code"], reply["detail"])
    if "problem" in reply:
        raise unavailable_error(reply["problem"])
    try:
        found = SpaceVector.from_bytes(reply["vector"], reply["space_id"])
        return EmbeddedPhoto(vector=found, seconds=reply["seconds"])
    except (KeyError, ValueError) as error:  # from a worker of another version
        raise unavailable_error(error) from error


def unavailable_error(reason: object) -> PhotoSearchUnavailable:
    """The error that a visitor sees; `reason` goes to the log alone."""
    log.warning("photo_search_unavailable", reason=reason)
    text = _("Search by photo is not available at the moment. Try again a little later.")
    return PhotoSearchUnavailable(text, retry_after=RETRY_SECONDS)


def _request(cache: BaseCache, photo: bytes, deadline: Deadline) -> mailbox.Reply:
    """The worker's reply; the photo is deleted from the cache in any case."""
    key = uuid4().hex
    try:
        mailbox.put_photo(cache, key, photo)
        _send(key)
        return _poll(cache, key, deadline)
    finally:
        mailbox.discard(cache, key)


def _poll(cache: BaseCache, key: str, deadline: Deadline) -> mailbox.Reply:
    pauses = _poll_intervals()
    while not (reply := mailbox.get_reply(cache, key)):
        left = deadline.left - CLEANUP_SECONDS
        if left <= 0:
            raise TimeoutError(f'no worker of the queue "{conf.PHOTO_QUEUE}" answers')
        time.sleep(min(next(pauses), left))
    return reply


def _send(key: str) -> None:
    broker.send(
        current_app.tasks[TASK],
        key,
        queue=conf.PHOTO_QUEUE,
        time_limit=2 * mailbox.lifetime(),
        expires=mailbox.lifetime() + CLOCK_SKEW,
    )


def _poll_intervals() -> Iterator[float]:
    """Seconds between polls, short ones first: a warm worker replies soon."""
    return chain(POLL_SECONDS, repeat(LAST_POLL_SECONDS))


def _picture_error(code: str, detail: str) -> PictureError:
    """The worker's error as an exception, in the visitor's language."""
    return error_class(code)(detail)
