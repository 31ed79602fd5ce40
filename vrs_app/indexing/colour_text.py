"""Sync text rows with the colours that a worker measured, without holding up saves."""

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

LOCK_TIMEOUT = "1s"
"""Lock timeout of a product's text row, until one lock was not granted in time."""

RETRY_LOCK_TIMEOUT = "10ms"
"""Lock timeout of all further products of the batch, so that a batch waits about once."""

MAX_DEFERRED = 100
"""Products that the next batch or sweep retries; the daily reconcile finds the others."""

_deferred: list[Any] = []


def sync(images: Collection[int]) -> int:
    """Sync the text rows of these image rows' products; returns the number of changes.

    `images` are primary keys. Deferred products are synced too. One transaction per product,
    so that no lock is held while waiting for another. Products that the shop's transactions
    lock are deferred to the next batch; one whose Catalogue fails is logged and skipped.
    """
    rows = IndexedImage.objects.using(database()).filter(pk__in=images)
    keys = {*rows.values_list("product_id", flat=True), *_deferred}
    _deferred.clear()
    changes = 0
    locked: list[Any] = []
    for product in products_with(keys):
        try:
            changes += _sync_product(product.pk, RETRY_LOCK_TIMEOUT if locked else LOCK_TIMEOUT)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # the shop's Catalogue queries its own tables in there
            if locks.is_lock_timeout(error):
                locked.append(product.pk)
            else:
                log.error("words_not_written", product=product.pk, error=error)
    if locked:
        log.warning("colour_text_deferred", products=len(locked))
        _deferred.extend(locked[:MAX_DEFERRED])
    return changes


def sync_or_log(images: Collection[int] = ()) -> None:
    """Call `sync` and log its errors; the next reconcile repairs what was missed.

    Without `images`, only deferred products are synced.
    """
    if not images and not _deferred:
        return
    try:
        sync(images)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # the shop's Catalogue queries its own tables in there
        log.error("colour_text_failed", error=error, stack=error)


def _sync_product(key: Any, timeout: str) -> int:
    with locks.lock_timeout(timeout):
        return text_rows.sync_locked([key])
