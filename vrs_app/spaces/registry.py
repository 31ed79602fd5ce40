"""Embedding spaces: their states, and the space of an embedder, created where it is new."""

import time
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from .. import embedders
from ..conf import conf
from ..embedders import Embedder
from ..exceptions import EmbedderUnavailable, SpaceRefused, SpaceUnavailable
from ..infra.db import database
from ..infra.locks import is_lock_timeout, lock_timeout
from ..infra.log import EventLog
from ..models import EmbeddingSpace
from .index import create_index

log = EventLog(__name__)

State = EmbeddingSpace.State

MAX_DIMENSIONS = 4000
"""The most that pgvector's HNSW index takes of a halfvec."""

LOCK_TIMEOUT = "1500ms"
"""Lock timeout for creating a space. Deletions of products queue behind it meanwhile; an
autovacuum yields after one second."""

RETRY_AFTER_SECONDS = 60
_not_before = 0.0


def active() -> EmbeddingSpace | None:
    """The space that answers queries; None until a worker has created the first."""
    return EmbeddingSpace.objects.filter(state=State.ACTIVE).first()


def filled() -> list[EmbeddingSpace]:
    """The spaces that workers fill: active and building ones."""
    known = EmbeddingSpace.objects.using(database())  # a replica may not have a new one yet
    return list(known.exclude(state=State.RETIRED))


def by_number(number: int) -> EmbeddingSpace:
    """The space of this primary key; raises SpaceRefused naming those there are."""
    known = {space.pk: space for space in EmbeddingSpace.objects.using(database()).order_by("pk")}
    if number not in known:
        names = ", ".join(f"{key} ({space})" for key, space in known.items())
        raise SpaceRefused(f"There is no space {number}. Known: {names or 'none'}.")
    return known[number]


def lock() -> dict[int, EmbeddingSpace]:
    """Lock every space row until the transaction ends; the spaces by key.

    In one order, so that two concurrent switches are serialised. Workers can still add rows.
    """
    locked = EmbeddingSpace.objects.using(database()).select_for_update(no_key=True)
    return {space.pk: space for space in locked.order_by("pk")}


def activate(space: EmbeddingSpace) -> None:
    """Make `space` the active one and retire the former, which keeps its vectors.

    Raises SpaceRefused, and changes nothing, for a space that was deleted meanwhile.
    """
    with transaction.atomic(using=database()):
        known = lock()
        if space.pk not in known:
            raise SpaceRefused(f"Space {space.pk} is not there any more.")
        before = [each.pk for each in known.values() if each.state == State.ACTIVE]
        EmbeddingSpace.objects.filter(state=State.ACTIVE).update(state=State.RETIRED)
        EmbeddingSpace.objects.filter(pk=space.pk).update(state=State.ACTIVE)
        transaction.on_commit(lambda: _log_switch(space, *before), using=database())
    space.state = State.ACTIVE


def activate_if_first(space: EmbeddingSpace) -> None:
    """Activate `space` where none is active; of concurrent workers the first wins."""
    if EmbeddingSpace.objects.using(database()).filter(state=State.ACTIVE).exists():
        return
    with suppress(IntegrityError), transaction.atomic(using=database()):
        EmbeddingSpace.objects.filter(pk=space.pk).update(state=State.ACTIVE)
        transaction.on_commit(lambda: _log_switch(space), using=database())
        space.state = State.ACTIVE


def _log_switch(space: EmbeddingSpace, before: int | None = None) -> None:
    log.info("space_activated", space=space.pk, before=before)


def space_of(path: str, embedder: Embedder) -> EmbeddingSpace:
    """The space of the embedder at `path`; created with its index if it is new.

    The very first space becomes active at once. Raises EmbedderUnavailable for more dimensions
    than an index can have, and SpaceUnavailable while a lock keeps the index from being created.
    """
    if embedder.dimensions > MAX_DIMENSIONS:
        raise EmbedderUnavailable(
            f"{path} gives {embedder.dimensions} numbers; an index takes {MAX_DIMENSIONS}."
        )
    identity = {
        "embedder": path,
        "options": dict(embedder.options),
        "weights_digest": embedder.weights_digest,
        "dimensions": embedder.dimensions,
    }
    known = EmbeddingSpace.objects.using(database()).filter(**identity).first()
    return known or _create(identity, embedder.weights)


def _create(identity: dict[str, Any], weights: str) -> EmbeddingSpace:
    """Create space and index in one transaction, with a short lock timeout."""
    global _not_before
    if time.monotonic() < _not_before:
        raise SpaceUnavailable(_locked_message())
    try:
        with lock_timeout(LOCK_TIMEOUT):
            space, is_new = EmbeddingSpace.objects.get_or_create(
                **identity, defaults={"weights": weights}
            )
            if is_new:
                create_index(space)
                transaction.on_commit(lambda: _log_made(space), using=database())
                activate_if_first(space)
    except OperationalError as error:
        if not is_lock_timeout(error):
            raise
        _not_before = time.monotonic() + RETRY_AFTER_SECONDS
        raise SpaceUnavailable(_locked_message()) from error
    return space


def _locked_message() -> str:
    return (
        "A new space cannot be made while another transaction writes embeddings, such as one "
        "that deletes products or builds an index. It is tried again in a minute."
    )


def _log_made(space: EmbeddingSpace) -> None:
    log.info("space_made", space=space.pk, embedder=space.embedder, dimensions=space.dimensions)


def is_named_by_settings(space: EmbeddingSpace) -> bool:
    """Whether a worker with these settings fills `space`; loads no embedder.

    Of several spaces whose weights have the same path, the newest has the present file's.
    """
    alike = EmbeddingSpace.objects.using(database()).filter(embedder=conf.EMBEDDER)
    named = (each for each in alike.order_by("-pk") if _has_arguments_of_settings(each))
    return space == next(named, None)


def _has_arguments_of_settings(space: EmbeddingSpace) -> bool:
    try:
        kind = embedders.embedder_class(space.embedder)
        made_by = kind.arguments_from_space(space.options, space.weights)
        return made_by == kind.arguments_from_settings()
    except Exception:  # a class of the shop's own, of which no worker can fill anything either
        return False
