"""Deletes a space that is not needed any more, while the shop is open.

In resumable steps: after the first, `vrs_switch` refuses the space, and a second run goes on
where the first was interrupted. The space's own row goes last.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from ..exceptions import SpaceRefused
from ..infra.db import database
from ..infra.log import EventLog
from ..models import EmbeddingSpace, ImageEmbedding
from . import index, pending, registry

log = EventLog(__name__)

State = EmbeddingSpace.State

DELETE_BATCH_SIZE = 1000
"""Rows deleted in one transaction."""

HEADER_BYTES, BYTES_A_NUMBER = 8, 2
"""Size of a halfvec in a row."""

RETRY_SECONDS = 0.2
"""Seconds before rows locked by other transactions are retried."""

Watch = Callable[[int], object]
"""Called with the number of rows just deleted."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """Rows and vectors of a space, and their sizes in bytes."""

    rows: int
    vectors: int
    vector_bytes: int
    index_bytes: int


def size_of(space: EmbeddingSpace) -> Size:
    vectors = _rows(space).filter(vector__isnull=False).count()
    return Size(
        rows=_rows(space).count(),
        vectors=vectors,
        vector_bytes=vectors * (HEADER_BYTES + BYTES_A_NUMBER * space.dimensions),
        index_bytes=index.index_bytes(space),
    )


def drop(space: EmbeddingSpace, watch: Watch | None = None) -> None:
    """Delete the vectors of `space`, its index, and the space; outside of transactions only.

    Raises SpaceRefused where the space is needed, also where it is activated meanwhile; workers
    then embed again what was deleted.
    """
    report = watch or _ignore
    require_droppable(registry.by_number(space.pk))
    report(len(_delete_batch(space)))
    index.drop_index(space)  # else each vacuum scans it for deleted rows
    while True:
        _delete_unlocked(space, report)
        if _delete_space(space):
            return
        time.sleep(RETRY_SECONDS)


def require_droppable(space: EmbeddingSpace) -> None:
    """Raises SpaceRefused, with the way out, for an active space or one that workers fill."""
    if space.state == State.ACTIVE:
        raise SpaceRefused(
            f"Shoppers see space {space.pk}. Show them another first: manage.py vrs_switch"
        )
    if registry.is_named_by_settings(space):
        raise SpaceRefused(
            f"Space {space.pk} is what the settings name, so a worker would make it again at "
            'once. Change VRS["EMBEDDER"] or what belongs to it, restart the workers, then '
            "drop it."
        )
    if _is_claimed(space):
        raise SpaceRefused(
            f"A worker is filling space {space.pk} at this moment, with settings other than "
            "these. Restart it with these settings, or stop it; then drop the space."
        )


def _is_claimed(space: EmbeddingSpace) -> bool:
    held = _rows(space).filter(lease_token__isnull=False).exclude(pending.lease_is_over())
    return held.exists()


def _delete_unlocked(space: EmbeddingSpace, report: Watch) -> None:
    """One pass over its rows; those locked by other transactions are left to the next."""
    keys: Sequence[int] = [0]
    while keys := _delete_batch(space, beyond=keys[-1]):
        report(len(keys))


def _delete_batch(space: EmbeddingSpace, beyond: int = 0) -> Sequence[int]:
    """Delete a batch of rows that nobody has locked (SKIP LOCKED); their keys."""
    with transaction.atomic(using=database()):
        _lock(space, no_key=True)
        free = _rows(space).filter(pk__gt=beyond).select_for_update(skip_locked=True)
        keys = list(free.order_by("pk").values_list("pk", flat=True)[:DELETE_BATCH_SIZE])
        # No signals: an audit log of all models would fetch and log each vector.
        _rows(space).filter(pk__in=keys)._raw_delete(database())
    return keys


def _delete_space(space: EmbeddingSpace) -> bool:
    """Delete the space's own row; False while rows refer to it."""
    with transaction.atomic(using=database()):
        _lock(space)  # no worker can add a row
        if _rows(space).exists():
            return False
        EmbeddingSpace.objects.using(database()).filter(pk=space.pk).delete()
    log.info("space_dropped", space=space.pk, embedder=space.embedder)
    return True


def _lock(space: EmbeddingSpace, *, no_key: bool = False) -> None:
    every = EmbeddingSpace.objects.using(database()).select_for_update(no_key=no_key)
    locked = every.filter(pk=space.pk).first()
    if locked is None:
        raise SpaceRefused(f"Space {space.pk} was dropped by somebody else meanwhile.")
    if locked.state == State.ACTIVE:
        raise SpaceRefused(
            f"Somebody let shoppers see space {space.pk} meanwhile. Workers embed anew what is "
            "deleted of it already; build its index: manage.py vrs_embed --index"
        )


def _rows(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    return ImageEmbedding.objects.using(database()).filter(space=space)


def _ignore(count: int) -> None:
    pass
