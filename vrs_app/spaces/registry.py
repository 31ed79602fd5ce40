"""Embedding spaces: their states, and the space of an embedder, made where it is new."""

import time
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from .. import embedders
from ..conf import conf
from ..embedders import Embedder
from ..exceptions import EmbedderUnavailable, SpaceRefused, SpaceUnavailable
from ..infra.db import database
from ..infra.locks import is_locked, short_of_patience
from ..infra.log import EventLog
from ..models import EmbeddingSpace
from .index import create_index

log = EventLog(__name__)

State = EmbeddingSpace.State


def active() -> EmbeddingSpace | None:
    """The space that answers queries; None until a worker has made the first."""
    return EmbeddingSpace.objects.filter(state=State.ACTIVE).first()


def filled() -> list[EmbeddingSpace]:
    """The spaces that workers fill, as far as the database knows."""
    return list(EmbeddingSpace.objects.exclude(state=State.RETIRED))


def numbered(number: int) -> EmbeddingSpace:
    """The space of this number, as people name it; raises SpaceRefused, naming those there are."""
    known = {space.pk: space for space in EmbeddingSpace.objects.using(database()).order_by("pk")}
    if number not in known:
        names = ", ".join(f"{key} ({space})" for key, space in known.items())
        raise SpaceRefused(f"There is no space {number}. Known: {names or 'none'}.")
    return known[number]


def lock() -> dict[int, EmbeddingSpace]:
    """Every space as it is now, by its key; until the transaction's end nobody else changes one.

    In one order, so that of two switches at once one comes after the other. Workers go on
    adding rows meanwhile.
    """
    locked = EmbeddingSpace.objects.using(database()).select_for_update(no_key=True)
    return {space.pk: space for space in locked.order_by("pk")}


def activate(space: EmbeddingSpace) -> None:
    """Let `space` answer from now on; the one before keeps its vectors, to switch back.

    Raises SpaceRefused, and changes nothing, for one that was dropped meanwhile.
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
    """Of workers with different settings that start together in a new shop, one is first."""
    if EmbeddingSpace.objects.using(database()).filter(state=State.ACTIVE).exists():
        return
    with suppress(IntegrityError), transaction.atomic(using=database()):
        EmbeddingSpace.objects.filter(pk=space.pk).update(state=State.ACTIVE)
        transaction.on_commit(lambda: _log_switch(space), using=database())
        space.state = State.ACTIVE


def _log_switch(space: EmbeddingSpace, before: int | None = None) -> None:
    log.info("space_activated", space=space.pk, before=before)


MOST_DIMENSIONS = 4000
"""What an HNSW index of pgvector takes of half-precision numbers."""

PATIENCE = "1500ms"
"""How long making a space waits for whoever writes embeddings. Deletions of products wait
behind it meanwhile; a vacuum of PostgreSQL's own gives way after a second."""

AGAIN_SECONDS = 60
_not_before = 0.0


def of(path: str, embedder: Embedder) -> EmbeddingSpace:
    """The space of the embedder at `path`, made with its index if it is new.

    The very first space is active at once, since there is no other to compare it with.
    Raises EmbedderUnavailable for more dimensions than an index can have, and SpaceUnavailable
    while something keeps its index from being made.
    """
    if embedder.dimensions > MOST_DIMENSIONS:
        raise EmbedderUnavailable(
            f"{path} gives {embedder.dimensions} numbers; an index takes {MOST_DIMENSIONS}."
        )
    identity = {
        "embedder": path,
        "options": dict(embedder.options),
        "weights_digest": embedder.weights_digest,
        "dimensions": embedder.dimensions,
    }
    known = EmbeddingSpace.objects.using(database()).filter(**identity).first()
    return known or _made(identity, embedder.weights)


def _made(identity: dict[str, Any], weights: str) -> EmbeddingSpace:
    """All at once or not at all, and in no shopper's way for long."""
    global _not_before
    if time.monotonic() < _not_before:
        raise SpaceUnavailable(_in_the_way())
    try:
        with short_of_patience(PATIENCE):
            space, is_new = EmbeddingSpace.objects.get_or_create(
                **identity, defaults={"weights": weights}
            )
            if is_new:
                create_index(space)
                transaction.on_commit(lambda: _log_made(space), using=database())
                activate_if_first(space)
    except OperationalError as error:
        if not is_locked(error):
            raise
        _not_before = time.monotonic() + AGAIN_SECONDS
        raise SpaceUnavailable(_in_the_way()) from error
    return space


def _in_the_way() -> str:
    return (
        "A new space cannot be made while another transaction writes embeddings, such as one "
        "that deletes products or builds an index. It is tried again in a minute."
    )


def _log_made(space: EmbeddingSpace) -> None:
    log.info("space_made", space=space.pk, embedder=space.embedder, dimensions=space.dimensions)


def is_named_by_settings(space: EmbeddingSpace) -> bool:
    """Whether a worker with these settings fills `space`; told without loading the embedder.

    Of several whose weights came from the same place, the newest has what lies there now.
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
