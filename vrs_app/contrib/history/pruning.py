"""Pruning: deleting interactions that are too old."""

import datetime
import math
import time

from django.utils import timezone

from vrs_app.conf import conf

from .fail_safe import database
from .models import InteractionRow

DELETE_BATCH_SIZE = 5_000
"""Rows that one statement deletes, to hold their locks only briefly."""


def prune(seconds: float = math.inf) -> tuple[int, bool]:
    """Delete rows older than `VRS["HISTORY_DAYS"]`, for about `seconds`, one batch at least.

    Returns how many were deleted, and whether old ones may be left.
    """
    before = timezone.now() - datetime.timedelta(days=conf.HISTORY_DAYS)
    end = time.monotonic() + seconds
    deleted, more_are_left = 0, True
    while more_are_left and (not deleted or time.monotonic() < end):
        count = _delete_batch(before)
        deleted, more_are_left = deleted + count, count == DELETE_BATCH_SIZE
    return deleted, more_are_left


def _delete_batch(before: datetime.datetime) -> int:
    """Delete the oldest rows; checks their age again, since a shopper may renew one meanwhile."""
    old = InteractionRow.objects.using(database()).filter(at__lt=before)
    oldest = old.order_by("at").values("pk")[:DELETE_BATCH_SIZE]
    return old.filter(pk__in=oldest)._raw_delete(database())  # as in `privacy.erase`
