"""Which worker has which picture in hand: claiming, giving back, finishing.

A claim is a token and a time in an embedding's row, taken under `FOR UPDATE SKIP LOCKED`,
so that any number of workers share the work and none waits for another. An attempt is
counted when it begins. One that never ended (its worker was killed, or ran out of time)
leaves token and time behind, and such a row is claimed alone from then on: if it is poison
it harms only itself, and after `VRS["MAX_ATTEMPTS"]` it is given up.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ..conf import conf
from ..embedders.base import Vectors
from ..exceptions import PictureError, PictureKilledWorker, PictureNotEmbedded
from ..infra.db import database
from ..models import EmbeddingSpace, ImageEmbedding
from ..spaces import pending
from ..vision import LoadedPicture
from . import notifications

State = ImageEmbedding.State

LEASE_BEYOND_LIMIT = 30.0
"""Seconds that a lease outlives its task's time limit, so that the two never overlap."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One picture in one worker's hands."""

    embedding_id: int
    image_id: int
    product_id: Any
    name: str
    token: UUID


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """A picture that was embedded; the vector has unit length.

    `colours` are the shares of its garment by name, none where they could not be measured.
    """

    picture: LoadedPicture
    vector: Vectors
    colours: Mapping[str, float] = field(default_factory=dict)


Outcome = Embedded | PictureError


def claim(space: EmbeddingSpace) -> list[Claim]:
    """Take a batch of waiting pictures: one suspect alone, else up to a whole batch.

    Image rows are locked too: one that the shop is changing right now would be let go after
    all the work, and claimed again at once.
    """
    with transaction.atomic(using=database()):
        _add_rows_for_new_pictures(space)
        _give_up_on_spent(space)
        found = _lock(pending.suspects(space).exclude(_spent()), 1)
        return _take(found or _lock(pending.fresh(space), conf.BATCH_SIZE))


def give_back(claims: Iterable[Claim], **changes: Any) -> None:
    """The attempt was not the pictures' fault and does not count."""
    _let_go(claims, lease_token=None, attempts=F("attempts") - 1, **changes)


def put_last(claims: Iterable[Claim]) -> None:
    """Nor does this one, but the same is to be expected of the next: all others come before it."""
    give_back(claims, given_back_at=timezone.now())


def leave_suspect(claims: Iterable[Claim], *, why: str = "") -> None:
    """The attempt did not end well and any of these pictures may be why."""
    _let_go(claims, lease_until=timezone.now(), error_detail=why)


def let_go_when_stopped(claims: Iterable[Claim], *, after: float) -> None:
    """This process is told to end, `after` so many seconds of its batch.

    A deployment is no picture's fault. But the hard time limit tells it in the same way, and
    then any of them may be why.
    """
    if after < conf.BATCH_TIME_LIMIT:
        give_back(claims)
    else:
        leave_suspect(claims)


def finish(outcomes: Mapping[Claim, Outcome]) -> list[Claim]:
    """Store each outcome whose row is still what was claimed; the claims so finished.

    The others' pictures were changed meanwhile, or the shop is changing them at this moment.
    Locking the image's row keeps its digest and the vector's from ever disagreeing.
    """
    finished = []
    with transaction.atomic(using=database()):
        held = _held(outcomes).filter(revision=F("image__revision"))
        locked = {row.pk: row for row in _lock(held, len(outcomes))}
        for claimed, outcome in outcomes.items():
            if row := locked.get(claimed.embedding_id):
                _store(row, outcome)
                finished.append(claimed)
    return finished


def _store(row: ImageEmbedding, outcome: Outcome) -> None:
    row.lease_token = row.lease_until = row.given_back_at = None
    row.finished_at = timezone.now()
    _store_facts(row, outcome)
    if isinstance(outcome, Embedded):
        row.state, row.error_code, row.error_detail = State.READY, "", ""
        row.vector, row.digest = outcome.vector.tolist(), outcome.picture.digest
        row.save()
    else:
        row.state, row.error_code, row.error_detail = State.FAILED, outcome.code, outcome.detail
        row.save(update_fields=_all_but_the_vector())


def _store_facts(row: ImageEmbedding, outcome: Outcome) -> None:
    """What the file was found to be; bytes that no signal told of wait in all other spaces.

    A bad file's are noted too: the vector of those before must not be shown any more.
    """
    image = row.image
    digest = outcome.picture.digest if isinstance(outcome, Embedded) else outcome.digest
    if digest is None:
        return
    if image.digest and image.digest != digest:
        image.revision += 1
        row.revision = image.revision
    if isinstance(outcome, Embedded):
        image.width, image.height = outcome.picture.width, outcome.picture.height
        image.colours = dict(outcome.colours)
    elif image.digest != digest:
        image.width, image.height, image.colours = None, None, {}
    image.digest, image.checked_at = digest, timezone.now()
    image.save(update_fields=["revision", "digest", "width", "height", "colours", "checked_at"])


def _all_but_the_vector() -> list[str]:
    return [
        field.name
        for field in ImageEmbedding._meta.concrete_fields
        if field.name not in ("id", "vector", "digest")
    ]


def _held(claims: Collection[Claim]) -> QuerySet[ImageEmbedding]:
    """The rows that are still in this worker's hands."""
    return ImageEmbedding.objects.filter(
        pk__in=[claimed.embedding_id for claimed in claims],
        lease_token__in={claimed.token for claimed in claims},
    ).order_by("pk")


def _let_go(claims: Iterable[Claim], **changes: Any) -> None:
    """Passing by rows that the shop holds, as while it deletes them: those leases run out."""
    with transaction.atomic(using=database()):
        free = _held(list(claims)).select_for_update(skip_locked=True, no_key=True)
        keys = list(free.values_list("pk", flat=True))
        ImageEmbedding.objects.filter(pk__in=keys).update(**changes)


def _lock(rows: QuerySet[ImageEmbedding], most: int) -> list[ImageEmbedding]:
    """Up to `most` of the rows, with their images, passing by what others hold."""
    locked = rows.select_for_update(of=("self", "image"), skip_locked=True, no_key=True)
    return list(locked.select_related("image").defer("vector")[:most])


def _take(rows: Sequence[ImageEmbedding]) -> list[Claim]:
    token = uuid4()
    until = timezone.now() + datetime.timedelta(seconds=conf.BATCH_TIME_LIMIT + LEASE_BEYOND_LIMIT)
    for row in rows:
        row.attempts = row.attempts + 1 if row.revision == row.image.revision else 1
        row.revision, row.state, row.error_detail = row.image.revision, State.WAITING, ""
        row.lease_token, row.lease_until = token, until
    changed = ["attempts", "revision", "state", "error_detail", "lease_token", "lease_until"]
    ImageEmbedding.objects.bulk_update(rows, changed)
    return [
        Claim(
            embedding_id=row.pk,
            image_id=row.image_id,
            product_id=row.image.product_id,
            name=row.image.name,
            token=token,
        )
        for row in rows
    ]


def _add_rows_for_new_pictures(space: EmbeddingSpace) -> None:
    """The image's lock keeps its product from being deleted under the new row."""
    pictures = pending.without_row(space).select_for_update(skip_locked=True, no_key=True)
    ImageEmbedding.objects.bulk_create(
        [ImageEmbedding(image=image, space=space) for image in pictures[: conf.BATCH_SIZE]],
        ignore_conflicts=True,
    )


def _spent() -> Q:
    """Rows whose present bytes have had all their attempts."""
    return Q(attempts__gte=conf.MAX_ATTEMPTS, revision=F("image__revision"))


def _give_up_on_spent(space: EmbeddingSpace) -> None:
    for row in _lock(pending.suspects(space).filter(_spent()), conf.BATCH_SIZE):
        row.lease_token = row.lease_until = None
        row.state, row.finished_at = State.FAILED, timezone.now()
        row.error_code = (PictureNotEmbedded if row.error_detail else PictureKilledWorker).code
        row.save(update_fields=_all_but_the_vector())
        notifications.failed(
            product_id=row.image.product_id,
            image_id=row.image_id,
            space_id=space.pk,
            file=row.image.name,
            code=row.error_code,
            detail=row.error_detail,
        )
