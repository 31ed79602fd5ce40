"""Which space answers, and which ones workers fill."""

from contextlib import suppress

from django.db import IntegrityError, transaction

from ..databases import database
from ..events import EventLog
from ..exceptions import SpaceRefused
from ..models import EmbeddingSpace

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
