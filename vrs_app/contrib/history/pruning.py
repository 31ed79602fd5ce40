"""Forgetting what is too old to say anything."""

import datetime
import math
import time

from django.utils import timezone

from vrs_app.conf import conf

from .fail_safe import database
from .models import InteractionRow

CHUNK = 5_000
"""Rows that one statement deletes: others wait for none of them for long."""


def prune(seconds: float = math.inf) -> tuple[int, bool]:
    """Delete rows older than `VRS["HISTORY_DAYS"]`, for about so many seconds.

    Answers how many went, and whether older ones are left.
    """
    before = timezone.now() - datetime.timedelta(days=conf.HISTORY_DAYS)
    end = time.monotonic() + seconds
    deleted, more_are_left = 0, True
    while more_are_left and (not deleted or time.monotonic() < end):
        chunk = _prune_chunk(before)
        deleted, more_are_left = deleted + chunk, chunk == CHUNK
    return deleted, more_are_left


def _prune_chunk(before: datetime.datetime) -> int:
    """The oldest; asked for their age again, since a shopper may renew one at this moment."""
    old = InteractionRow.objects.using(database()).filter(at__lt=before)
    oldest = old.order_by("at").values("pk")[:CHUNK]
    deleted, _ = old.filter(pk__in=oldest).delete()
    return deleted
