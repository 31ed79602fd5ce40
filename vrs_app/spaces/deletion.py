"""Dropping a space that nobody needs any more, while the shop is open.

In steps, each of which may be the last: after the first, `vrs_switch` refuses the space,
and dropping it again goes on where it was cut short. The space's own row goes last.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .. import spaces
from ..exceptions import SpaceRefused
from ..infra.db import database
from ..infra.log import EventLog
from ..models import EmbeddingSpace, ImageEmbedding

log = EventLog(__name__)

State = EmbeddingSpace.State

CHUNK = 1000
"""Rows that are deleted in one transaction."""

HEADER_BYTES, BYTES_A_NUMBER = 8, 2
"""What a vector takes in a row."""

PAUSE = 0.2
"""Seconds before rows are tried again that other transactions hold."""

Watch = Callable[[int], object]
"""Is told how many rows were deleted."""


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much a space holds; both sizes in bytes."""

    rows: int
    vectors: int
    vector_bytes: int
    index_bytes: int


def extent(space: EmbeddingSpace) -> Extent:
    vectors = _rows(space).filter(vector__isnull=False).count()
    return Extent(
        rows=_rows(space).count(),
        vectors=vectors,
        vector_bytes=vectors * (HEADER_BYTES + BYTES_A_NUMBER * space.dimensions),
        index_bytes=spaces.index_bytes(space),
    )


def drop(space: EmbeddingSpace, watch: Watch | None = None) -> None:
    """Delete the vectors of `space`, its index, and the space; outside of transactions only.

    Raises SpaceRefused where somebody needs the space, also where it is shown again meanwhile;
    then workers embed anew what was deleted.
    """
    tell = watch or _nobody
    require_droppable(spaces.numbered(space.pk))
    tell(len(_delete_chunk(space)))
    spaces.drop_index(space)  # else each vacuum goes through it for what is deleted
    while True:
        _delete_what_is_free(space, tell)
        if _delete_itself(space):
            return
        time.sleep(PAUSE)


def require_droppable(space: EmbeddingSpace) -> None:
    """Raises SpaceRefused, with the way out, for a space that somebody needs."""
    if space.state == State.ACTIVE:
        raise SpaceRefused(
            f"Shoppers see space {space.pk}. Show them another first: manage.py vrs_switch"
        )
    if spaces.is_named_by_settings(space):
        raise SpaceRefused(
            f"Space {space.pk} is what the settings name, so a worker would make it again at "
            'once. Change VRS["EMBEDDER"] or what belongs to it, restart the workers, then '
            "drop it."
        )
    if _is_in_hand(space):
        raise SpaceRefused(
            f"A worker is filling space {space.pk} at this moment, with settings other than "
            "these. Restart it with these settings, or stop it; then drop the space."
        )


def _is_in_hand(space: EmbeddingSpace) -> bool:
    held = _rows(space).filter(lease_token__isnull=False, lease_until__gt=timezone.now())
    return held.exists()


def _delete_what_is_free(space: EmbeddingSpace, tell: Watch) -> None:
    """One pass over its rows; those that other transactions hold are left to the next."""
    keys: Sequence[int] = [0]
    while keys := _delete_chunk(space, beyond=keys[-1]):
        tell(len(keys))


def _delete_chunk(space: EmbeddingSpace, beyond: int = 0) -> Sequence[int]:
    """The keys of the rows that were deleted; none that the shop would have to wait for."""
    with transaction.atomic(using=database()):
        _lock(space, no_key=True)
        free = _rows(space).filter(pk__gt=beyond).select_for_update(skip_locked=True)
        keys = list(free.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        _rows(space).filter(pk__in=keys).delete()
    return keys


def _delete_itself(space: EmbeddingSpace) -> bool:
    """Delete the space's own row, unless there are rows that point to it."""
    with transaction.atomic(using=database()):
        _lock(space)  # so that no worker can add one
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


def _nobody(count: int) -> None:
    pass
