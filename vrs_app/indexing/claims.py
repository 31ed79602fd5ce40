"""Claims on pictures: workers take them under a lease, and release them.

A claim is a token and the end of its lease in an embedding's row, set under `FOR UPDATE SKIP
LOCKED`: any number of workers share the work, and none waits for another. First the file is
read: `given_back_at` is the beginning of the reading until `begin_decoding`, which counts the
attempt. An attempt that never ends (the worker was killed or ran out of time) leaves its token
behind. Such a row is a suspect and is claimed alone from then on, so that a poison picture harms
only itself. After `VRS["MAX_ATTEMPTS"]` counted attempts it fails. An attempt that was lost while
the file was read is not counted: that is the storage's fault. A file that hangs again is known to
hang (`error_detail` says so); it is read again after all other work, and rarely.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Now

from ..conf import conf
from ..exceptions import PictureError, PictureKilledWorker, PictureNotEmbedded
from ..infra.db import database
from ..models import EmbeddingSpace, ImageEmbedding, IndexedImage
from ..spaces import pending
from . import notifications

State = ImageEmbedding.State

LEASE_MARGIN = 30.0
"""Seconds from a task's soft time limit to the end of its lease: the task has ended by then."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was known of a picture's file when it was claimed.

    `digest` is that of the bytes that were read last, empty if there are none or the shop has
    replaced them. The picture `was_ready` if it has a vector, of these bytes or former ones.
    `doubt` is the error code that the first look at the present bytes found, else empty.
    """

    digest: str = ""
    was_ready: bool = False
    doubt: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One picture, claimed by one worker."""

    embedding_id: int
    image_id: int
    product_id: Any
    name: str
    token: UUID
    known: "Known" = field(default_factory=lambda: Known(), compare=False)


def claim_batch(space: EmbeddingSpace) -> list[Claim]:
    """Claim one suspect, else up to `VRS["BATCH_SIZE"]` waiting pictures, else one that hung.

    Skips pictures whose image row is locked: the shop is changing it, so that the outcome
    could not be stored.
    """
    with transaction.atomic(using=database()):
        _add_rows_for_new_pictures(space)
        _fail_exhausted(space)
        return _lease(
            lock(pending.suspects(space).exclude(_is_exhausted()), 1)
            or lock(pending.fresh(space), conf.BATCH_SIZE)
            or lock(pending.hung(space), 1)
        )


def begin_decoding(claims: Iterable[Claim]) -> None:
    """Count the attempt: the files were read, and what happens now may be a picture's fault."""
    _update_held(claims, attempts=F("attempts") + 1, given_back_at=None, error_detail="")


def release(claims: Iterable[Claim], **changes: Any) -> None:
    """Release the claims without counting the attempt: the pictures were not at fault."""
    changes = {"given_back_at": None, "error_detail": "", **changes}
    _update_held(claims, lease_token=None, attempts=_uncounted(), **changes)


def requeue_last(claims: Iterable[Claim]) -> None:
    """Release the claims without counting the attempt; requeue them last."""
    release(claims, given_back_at=Now())


def requeue_for_second_look(doubted: Mapping[Claim, PictureError]) -> None:
    """Release the claims without counting the attempt; their bytes are not believed yet."""
    for code in sorted({error.code for error in doubted.values()}):
        of_code = [claimed for claimed, error in doubted.items() if error.code == code]
        release(of_code, given_back_at=Now(), error_code=code)


def release_as_suspect(claims: Iterable[Claim], *, why: str = "") -> None:
    """End the leases and keep tokens and attempts: any of these pictures may be at fault.

    Each is claimed alone from now on. `why` is the error to store; empty if none is known.
    """
    was_read = When(given_back_at=None, then=Value(why))
    _update_held(claims, lease_until=Now(), error_detail=Case(was_read, default=Value("")))


def release_as_hung(claimed: Claim, *, why: str) -> None:
    """End the lease of a claim whose file hung while it was read; it is read again rarely."""
    _update_held(
        [claimed],
        lease_until=Now(),
        given_back_at=Now(),
        attempts=_uncounted(),
        error_detail=why,
    )


def _uncounted() -> Case:
    """The attempts without the present one, which is counted once decoding has begun."""
    was_counted = When(given_back_at=None, then=F("attempts") - 1)
    return Case(
        was_counted, default=F("attempts"), output_field=models.PositiveSmallIntegerField()
    )


def release_on_shutdown(claims: Iterable[Claim], *, after: float) -> None:
    """Release the claims of a process that is shut down `after` seconds of its batch.

    Before the time limit this is a deployment, and the attempt does not count. After it, it
    is the hard time limit, and any of the pictures may be at fault.
    """
    if after < conf.BATCH_TIME_LIMIT:
        release(claims)
    else:
        release_as_suspect(claims)


def held(claims: Collection[Claim]) -> QuerySet[ImageEmbedding]:
    """The rows that still carry the tokens of these claims."""
    return ImageEmbedding.objects.filter(
        pk__in=[claimed.embedding_id for claimed in claims],
        lease_token__in={claimed.token for claimed in claims},
    ).order_by("pk")


def _update_held(claims: Iterable[Claim], **changes: Any) -> None:
    """Update the claims' rows, skipping those that are locked: their leases run out."""
    if claimed := list(claims):
        with transaction.atomic(using=database()):
            free = held(claimed).select_for_update(skip_locked=True, no_key=True)
            ImageEmbedding.objects.filter(pk__in=free.values("pk")).update(**changes)


def lock(rows: QuerySet[ImageEmbedding], most: int) -> list[ImageEmbedding]:
    """Lock up to `most` of the rows and their images, skipping what is locked."""
    locked = rows.select_for_update(of=("self", "image"), skip_locked=True, no_key=True)
    return list(locked.select_related("image").defer("vector")[:most])


def _lease(rows: Sequence[ImageEmbedding]) -> list[Claim]:
    """Begin to read: one token, one lease, the image's present revision."""
    token = uuid4()
    if rows:
        present = IndexedImage.objects.filter(pk=OuterRef("image")).values("revision")[:1]
        is_retry = When(revision=Subquery(present), then=F("attempts"))
        was_lost = Q(lease_token__isnull=False, given_back_at__isnull=False)
        _update(
            rows,
            attempts=Case(is_retry, default=0),
            revision=Subquery(present),
            state=State.WAITING,
            error_code="",
            error_detail=Case(
                When(pending.is_hung(), then=Value(pending.HANGS)),
                When(was_lost, then=Value(pending.READ_AGAIN)),
                default=Value(""),
            ),
            lease_token=token,
            lease_until=Now() + datetime.timedelta(seconds=conf.BATCH_TIME_LIMIT + LEASE_MARGIN),
            given_back_at=Now(),
        )
    return [_claim_of(row, token) for row in rows]


def _claim_of(row: ImageEmbedding, token: UUID) -> Claim:
    is_doubted = (
        row.state == State.WAITING
        and row.revision == row.image.revision
        and row.lease_token is None
        and row.given_back_at is not None
    )
    return Claim(
        embedding_id=row.pk,
        image_id=row.image_id,
        product_id=row.image.product_id,
        name=row.image.name,
        token=token,
        known=Known(
            digest=row.image.digest,
            was_ready=bool(row.digest),
            doubt=row.error_code if is_doubted else "",
        ),
    )


def _update(rows: Sequence[ImageEmbedding], **changes: Any) -> None:
    """Update locked rows by one statement, which sends no signal."""
    ImageEmbedding.objects.filter(pk__in=[row.pk for row in rows]).update(**changes)


def _add_rows_for_new_pictures(space: EmbeddingSpace) -> None:
    """Add a batch of rows; the image's lock keeps its product from being deleted meanwhile."""
    pictures = pending.without_row(space).select_for_update(skip_locked=True, no_key=True)
    ImageEmbedding.objects.bulk_create(
        [ImageEmbedding(image=image, space=space) for image in pictures[: conf.BATCH_SIZE]],
        ignore_conflicts=True,
    )


def _is_exhausted() -> Q:
    """Rows whose present revision has used up its attempts, the last one not lost in reading."""
    is_used_up = Q(attempts__gte=conf.MAX_ATTEMPTS, revision=F("image__revision"))
    return is_used_up & Q(given_back_at=None)


def _fail_exhausted(space: EmbeddingSpace) -> None:
    """Mark suspects without attempts left as FAILED, and send their notifications."""
    rows = lock(pending.suspects(space).filter(_is_exhausted()), conf.BATCH_SIZE)
    if not rows:
        return
    is_lost = When(error_detail="", then=Value(PictureKilledWorker.code))
    _update(
        rows,
        lease_token=None,
        lease_until=None,
        state=State.FAILED,
        finished_at=Now(),
        error_code=Case(is_lost, default=Value(PictureNotEmbedded.code)),
    )
    for row in rows:
        notifications.failed(
            product_id=row.image.product_id,
            image_id=row.image_id,
            space_id=space.pk,
            file=row.image.name,
            code=(PictureNotEmbedded if row.error_detail else PictureKilledWorker).code,
            detail=row.error_detail,
        )
