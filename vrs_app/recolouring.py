"""Colours that a worker measured, noted among the words of their products."""

import logging
from collections.abc import Collection
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connections, transaction
from psycopg.errors import LockNotAvailable

from . import chunks, texts
from .models import IndexedImage
from .spaces import database

logger = logging.getLogger(__name__)

PATIENCE, NO_PATIENCE = "1s", "10ms"
"""How long a worker waits for a save that goes on; once it has waited, for each after that."""

MOST_LEFT = 100
"""Products that the next batch tries again; the daily reconciling finds the others."""

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
    for product in chunks.products(keys):
        try:
            changes += _sync(product, NO_PATIENCE if locked else PATIENCE)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # the shop's Catalogue reads its tables in there
            if _is_locked(error):
                locked.append(product.pk)
            else:
                logger.error("The words of product %s were not written: %r", product.pk, error)
    if locked:
        logger.warning("Colours of %d products wait: the shop is saving them.", len(locked))
        _left.extend(locked[:MOST_LEFT])
    return changes


def _sync(product: Any, patience: str) -> int:
    with transaction.atomic(using=database()):
        with connections[database()].cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
        return texts.sync([product.pk], [product])


def _is_locked(error: Exception) -> bool:
    return isinstance(error, OperationalError) and isinstance(error.__cause__, LockNotAvailable)
