"""A semaphore over all web processes: back-pressure for photo searches.

A slot is a cache key; the process whose `add` succeeds holds it. Slots expire, so that a
killed process keeps none.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple
from uuid import uuid4

from django.core.cache import BaseCache
from django.utils.translation import gettext as _

from ..conf import conf
from ..exceptions import PhotoSearchUnavailable
from ..infra.log import EventLog
from . import mailbox
from .client import unavailable_error
from .deadline import Deadline

log = EventLog(__name__)

SLOT_GRACE_SECONDS = 10
"""Seconds that a slot outlives its holder's deadline, for reading a large file."""

RETRY_SECONDS = 2
MIN_RELEASE_SECONDS = 0.1


class Slot(NamedTuple):
    key: str
    token: str
    until: float


@contextmanager
def slot(deadline: Deadline) -> Iterator[None]:
    """Hold one of `VRS["PHOTOS_AT_ONCE"]` slots; raises PhotoSearchUnavailable if none is free."""
    try:
        cache = mailbox.cache()
        held = deadline.within(partial(_acquire, cache))
    except Exception as error:  # each cache's library has errors of its own
        raise unavailable_error(error) from error
    if held is None:
        raise PhotoSearchUnavailable(
            _("Too many photo searches are under way. Try again in a moment."),
            retry_after=RETRY_SECONDS,
        )
    try:
        yield
    finally:
        _release(cache, held, deadline)


def _acquire(cache: BaseCache) -> Slot | None:
    seconds = mailbox.lifetime() + SLOT_GRACE_SECONDS
    token, until = uuid4().hex, time.monotonic() + seconds
    numbers = random.sample(range(conf.PHOTOS_AT_ONCE), conf.PHOTOS_AT_ONCE)
    keys = (f"{mailbox.PREFIX}slot:{number}" for number in numbers)
    return next((Slot(key, token, until) for key in keys if cache.add(key, token, seconds)), None)


def _release(cache: BaseCache, held: Slot, deadline: Deadline) -> None:
    """Release the slot while it is still ours: an expired one may have another holder."""

    def release() -> None:
        if time.monotonic() < held.until and cache.get(held.key) == held.token:
            cache.delete(held.key)

    try:
        deadline.within(release, least=MIN_RELEASE_SECONDS)
    except Exception as error:
        log.warning("photo_slot_stays_taken", error=error)
