"""Colours that a worker measured, noted among the words of their products."""

from collections.abc import Collection
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

from ..catalogue import products_with
from ..infra import locks
from ..infra.db import database
from ..infra.log import EventLog
from ..models import IndexedImage
from . import text_rows

log = EventLog(__name__)

PATIENCE, NO_PATIENCE = "1s", "10ms"
"""How long a worker waits for a save that goes on; once it has waited, for each after that."""

MOST_LEFT = 100
"""Products that the next batch or sweep tries again; the daily reconciling finds the others."""

_left: list[Any] = []


def sync_pictures(images: Collection[int]) -> int:
    """Let the words of these image rows' products agree with their colours; the changes' number.

    One product a transaction: who waits for one lock must not hold another. What a shop's long
    transaction holds is left for the next batch, and what its Catalogue fails at costs no other.
    """
    rows = IndexedImage.objects.using(database()).filter(pk__in=images)
    keys = {*rows.values_list("product_id", flat=True), *_left}
    _left.clear()
    changes = 0
    locked: list[Any] = []
    for product in products_with(keys):
        try:
            changes += _sync(product.pk, NO_PATIENCE if locked else PATIENCE)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # the shop's Catalogue reads its tables in there
            if locks.is_locked(error):
                locked.append(product.pk)
            else:
                log.error("words_not_written", product=product.pk, error=error)
    if locked:
        log.warning("colours_wait_for_saves", products=len(locked))
        _left.extend(locked[:MOST_LEFT])
    return changes


def sync_quietly(images: Collection[int] = ()) -> None:
    """`sync_pictures`, of whose faults the log is told alone: the next reconciling mends them.

    Without `images`, what was left.
    """
    if not images and not _left:
        return
    try:
        sync_pictures(images)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # the shop's Catalogue reads its tables in there
        log.error("colours_not_noted", error=error, stack=error)


def _sync(key: Any, patience: str) -> int:
    with locks.short_of_patience(patience):
        return text_rows.sync_surely([key])
