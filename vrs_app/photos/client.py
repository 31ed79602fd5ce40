"""In the web process: ask a photo worker, and wait for what it tells."""

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
from ..exceptions import PhotoSearchUnavailable, PictureError, kind_of
from ..infra import broker
from ..infra.log import EventLog
from ..spaces.vectors import SpaceVector
from . import mailbox
from .deadline import Patience

log = EventLog(__name__)

TASK = "vrs_app.tasks.look_at_photo"
"""By its name, since tasks stand above this room."""

RETRY_LATER = 15
"""Seconds, in which a worker that was started again has loaded its embedder."""

CLOCKS_APART = 60
"""Seconds that the clocks of web machines and workers may differ."""

PAUSES = (0.01, 0.01, 0.02, 0.02, 0.03)
LAST_PAUSE = 0.05

SECONDS_TO_TIDY = 0.1
"""For deleting what was parked, before the visitor's patience is over."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A photo's vector, and the seconds that the worker took for it."""

    vector: SpaceVector
    seconds: float


def ask(photo: bytes, patience: Patience) -> Answer:
    """What a photo worker makes of `photo`; raises PictureError, PhotoSearchUnavailable."""
    try:
        told = patience.within(partial(_asked, mailbox.cache(), photo, patience))
    except Exception as error:  # each cache's and each broker's library has errors of its own
        raise unavailable(error) from error
    if "code" in told:
        raise _picture_error(told["code"], told["detail"])
    if "problem" in told:
        raise unavailable(told["problem"])
    return Answer(vector=SpaceVector(**told["vector"]), seconds=told["seconds"])


def unavailable(reason: object) -> PhotoSearchUnavailable:
    """What a visitor is told; the reason is for the log alone."""
    log.warning("photo_search_unavailable", reason=reason)
    text = _("Search by photo is not available at the moment. Try again a little later.")
    return PhotoSearchUnavailable(text, retry_after=RETRY_LATER)


def _asked(cache: BaseCache, photo: bytes, patience: Patience) -> mailbox.Told:
    """What the worker told; whatever happens, nothing of the photo stays behind."""
    key = uuid4().hex
    try:
        mailbox.park(cache, key, photo)
        _send(key)
        return _awaited(cache, key, patience)
    finally:
        mailbox.clear(cache, key)


def _awaited(cache: BaseCache, key: str, patience: Patience) -> mailbox.Told:
    pauses = _pauses()
    while not (told := mailbox.told(cache, key)):
        left = patience.left - SECONDS_TO_TIDY
        if left <= 0:
            raise TimeoutError(f'no worker of the queue "{conf.PHOTO_QUEUE}" answers')
        time.sleep(min(next(pauses), left))
    return told


def _send(key: str) -> None:
    broker.send(
        current_app.tasks[TASK],
        key,
        queue=conf.PHOTO_QUEUE,
        time_limit=2 * mailbox.lifetime(),
        expires=mailbox.lifetime() + CLOCKS_APART,
    )


def _pauses() -> Iterator[float]:
    """Short ones first: a warm worker answers soon."""
    return chain(PAUSES, repeat(LAST_PAUSE))


def _picture_error(code: str, detail: str) -> PictureError:
    """The error that the worker met, in the visitor's language."""
    return kind_of(code)(detail)
