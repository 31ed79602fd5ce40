"""The whole catalogue, a chunk of products at a time."""

from collections.abc import Callable, Collection, Sequence
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from .catalogue import catalogue
from .spaces import database

CHUNK = 500
"""Products that are compared with what we noted of them at once."""

TRIES = 5
"""How often a chunk is looked at in which products are being deleted."""

Sync = Callable[[Sequence[Any]], int]
"""Takes primary keys of products; answers how much it changed."""


def products(keys: Collection[Any]) -> QuerySet[Any]:
    """The products of these keys with what is noted of them already fetched; a lazy QuerySet.

    From the database that is written: a replica may not know yet what was saved just now.
    """
    return catalogue().products().using(database()).filter(pk__in=keys)


def sync_everything(sync: Sync) -> int:
    """Call `sync` for every product of the shop, hidden ones too; the number of changes."""
    every = catalogue().model._base_manager.using(database()).order_by("pk")
    keys = every.values_list("pk", flat=True).iterator(chunk_size=CHUNK)
    changes = 0
    while chunk := list(islice(keys, CHUNK)):
        changes += _sync_chunk(sync, chunk)
    return changes


def _sync_chunk(sync: Sync, keys: Sequence[Any]) -> int:
    """A product that is deleted just now fails the whole chunk, once: then it is gone."""
    for patience in reversed(range(TRIES)):
        try:
            with transaction.atomic(using=database()):
                return sync(keys)
        except IntegrityError:
            if not patience:
                raise
    return 0
