"""So many photo searches at once, of all visitors and web processes together.

A slot is a key in the cache: whoever adds it holds it. It goes away by itself, so that a
web process that was killed keeps none.
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
from .client import unavailable
from .deadline import Patience

log = EventLog(__name__)

BEYOND = 10
"""Seconds that a slot outlives its holder's patience, for reading a large file."""

RETRY_SOON = 2
LEAST_SECONDS_TO_RELEASE = 0.1


class Slot(NamedTuple):
    key: str
    token: str
    until: float


@contextmanager
def slot(patience: Patience) -> Iterator[None]:
    """Hold one of `VRS["PHOTOS_AT_ONCE"]` slots; raises PhotoSearchUnavailable without one."""
    try:
        cache = mailbox.cache()
        held = patience.within(partial(_taken, cache))
    except Exception as error:  # each cache's library has errors of its own
        raise unavailable(error) from error
    if held is None:
        raise PhotoSearchUnavailable(
            _("Too many photo searches are under way. Try again in a moment."),
            retry_after=RETRY_SOON,
        )
    try:
        yield
    finally:
        _release(cache, held, patience)


def _taken(cache: BaseCache) -> Slot | None:
    seconds = mailbox.lifetime() + BEYOND
    token, until = uuid4().hex, time.monotonic() + seconds
    numbers = random.sample(range(conf.PHOTOS_AT_ONCE), conf.PHOTOS_AT_ONCE)
    keys = (f"{mailbox.PREFIX}slot:{number}" for number in numbers)
    return next((Slot(key, token, until) for key in keys if cache.add(key, token, seconds)), None)


def _release(cache: BaseCache, held: Slot, patience: Patience) -> None:
    """Only while it is still ours: one that ran out may be another visitor's by now."""

    def release() -> None:
        if time.monotonic() < held.until and cache.get(held.key) == held.token:
            cache.delete(held.key)

    try:
        patience.within(release, least=LEAST_SECONDS_TO_RELEASE)
    except Exception as error:
        log.warning("photo_slot_stays_taken", error=error)
