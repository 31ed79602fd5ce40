"""Which worker has which picture in hand: claiming, giving back, finishing.

A claim is a token and a time in an embedding's row, taken under `FOR UPDATE SKIP LOCKED`,
so that any number of workers share the work and none waits for another. An attempt is
counted when it begins. One that never ended (its worker was killed, or ran out of time)
leaves token and time behind, and such a row is claimed alone from then on: if it is poison
it harms only itself, and after `VRS["MAX_ATTEMPTS"]` it is given up.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from .conf import conf
from .embedders.base import Vectors
from .exceptions import PictureError, PictureKilledWorker
from .images import LoadedPicture
from .models import EmbeddingSpace, ImageEmbedding, IndexedImage
from .spaces import database

State = ImageEmbedding.State

LEASE_BEYOND_LIMIT = 30
"""Seconds that a lease outlives its task's time limit, so that the two never overlap."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One picture in one worker's hands."""

    embedding_id: int
    image_id: int
    name: str
    revision: int
    token: UUID


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """A picture that was embedded; the vector has unit length."""

    picture: LoadedPicture
    vector: Vectors


Outcome = Embedded | PictureError


def claim(space: EmbeddingSpace) -> list[Claim]:
    """Take a batch of waiting pictures: one suspect alone, else up to a whole batch."""
    with transaction.atomic(using=database()):
        _add_rows_for_new_pictures(space)
        _give_up_on_killers(space)
        rows = _lock(_suspects(space), 1) or _lock(_fresh(space), conf.BATCH_SIZE)
        return _take(rows)


def more_wait(space: EmbeddingSpace) -> bool:
    """Whether a claim made now would find something."""
    return _suspects(space).exists() or _fresh(space).exists() or _without_row(space).exists()


def waiting(space: EmbeddingSpace) -> int:
    """How many pictures wait in `space`, in someone's hands or not."""
    return _waiting(space).count() + _without_row(space).count()


def give_back(claims: Collection[Claim]) -> None:
    """The attempt was not the pictures' fault and does not count."""
    _held(claims).update(lease_token=None, lease_until=None, attempts=F("attempts") - 1)


def leave_suspect(claims: Collection[Claim]) -> None:
    """The attempt did not end well and any of these pictures may be why."""
    _held(claims).update(lease_until=timezone.now())


def finish(outcomes: Mapping[Claim, Outcome]) -> list[Claim]:
    """Store each outcome whose row is still what was claimed; the claims so finished.

    A picture that was changed meanwhile, or that the shop is changing at this moment, is
    let go instead and waits for its next turn. Locking the image's row keeps its digest
    and the vector's from ever disagreeing.
    """
    finished = []
    with transaction.atomic(using=database()):
        locked = (
            _held(outcomes)
            .select_related("image")
            .select_for_update(of=("self", "image"), skip_locked=True)
            .filter(revision=F("image__revision"))
            .in_bulk()
        )
        for claimed, outcome in outcomes.items():
            if row := locked.get(claimed.embedding_id):
                _store(row, outcome)
                finished.append(claimed)
        give_back([claimed for claimed in outcomes if claimed.embedding_id not in locked])
    return finished


def _store(row: ImageEmbedding, outcome: Outcome) -> None:
    row.lease_token = row.lease_until = None
    row.finished_at = timezone.now()
    if isinstance(outcome, Embedded):
        row.state, row.error_code, row.error_detail = State.READY, "", ""
        row.vector, row.digest = outcome.vector.tolist(), outcome.picture.digest
        row.image.digest = outcome.picture.digest
        row.image.width, row.image.height = outcome.picture.width, outcome.picture.height
        row.image.save(update_fields=["digest", "width", "height"])
        row.save()
    else:
        row.state, row.error_code, row.error_detail = State.FAILED, outcome.code, outcome.detail
        row.save(update_fields=_all_but_the_vector())


def _all_but_the_vector() -> list[str]:
    return [
        field.name
        for field in ImageEmbedding._meta.concrete_fields
        if field.name not in ("id", "vector", "digest")
    ]


def _held(claims: Collection[Claim]) -> models.QuerySet[ImageEmbedding]:
    """The rows that are still in this worker's hands."""
    return ImageEmbedding.objects.defer("vector").filter(
        pk__in=[claimed.embedding_id for claimed in claims],
        lease_token__in={claimed.token for claimed in claims},
    )


def _lock(rows: models.QuerySet[ImageEmbedding], most: int) -> Sequence[ImageEmbedding]:
    locked = rows.select_for_update(of=("self",), skip_locked=True)
    return list(locked.select_related("image").defer("vector").order_by("pk")[:most])


def _take(rows: Sequence[ImageEmbedding]) -> list[Claim]:
    token = uuid4()
    until = timezone.now() + datetime.timedelta(seconds=conf.BATCH_TIME_LIMIT + LEASE_BEYOND_LIMIT)
    for row in rows:
        row.attempts = row.attempts + 1 if row.revision == row.image.revision else 1
        row.revision, row.state = row.image.revision, State.WAITING
        row.lease_token, row.lease_until = token, until
    ImageEmbedding.objects.bulk_update(
        rows, ["attempts", "revision", "state", "lease_token", "lease_until"]
    )
    return [
        Claim(
            embedding_id=row.pk,
            image_id=row.image_id,
            name=row.image.name,
            revision=row.revision,
            token=token,
        )
        for row in rows
    ]


def _waiting(space: EmbeddingSpace) -> models.QuerySet[ImageEmbedding]:
    return ImageEmbedding.objects.filter(ImageEmbedding.is_waiting(), space=space)


def _fresh(space: EmbeddingSpace) -> models.QuerySet[ImageEmbedding]:
    """Rows in nobody's hands."""
    return _waiting(space).filter(lease_token__isnull=True)


def _suspects(space: EmbeddingSpace) -> models.QuerySet[ImageEmbedding]:
    """Rows whose last attempt began and never ended."""
    return _waiting(space).filter(lease_token__isnull=False, lease_until__lte=timezone.now())


def _without_row(space: EmbeddingSpace) -> models.QuerySet[IndexedImage]:
    rows = ImageEmbedding.objects.filter(image=OuterRef("pk"), space=space)
    return IndexedImage.objects.filter(~Exists(rows))


def _add_rows_for_new_pictures(space: EmbeddingSpace) -> None:
    """The image's lock keeps its product from being deleted under the new row."""
    pictures = _without_row(space).select_for_update(skip_locked=True, no_key=True)
    ImageEmbedding.objects.bulk_create(
        [ImageEmbedding(image=image, space=space) for image in pictures[: conf.BATCH_SIZE]],
        ignore_conflicts=True,
    )


def _give_up_on_killers(space: EmbeddingSpace) -> None:
    _suspects(space).filter(
        Q(attempts__gte=conf.MAX_ATTEMPTS), revision=F("image__revision")
    ).update(
        state=State.FAILED,
        error_code=PictureKilledWorker.code,
        error_detail="",
        finished_at=timezone.now(),
        lease_token=None,
        lease_until=None,
    )
