"""The files that a worker has read before, and what it found in them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from ...exceptions import PictureMissing, storage_codes
from ...infra.db import database
from ...models import EmbeddingSpace, ImageEmbedding, IndexedImage
from ...spaces.pending import SECOND_LOOK_AFTER
from ...vision import DECODER_VERSION

State = ImageEmbedding.State


@dataclass(frozen=True, kw_only=True)
class KnownFile:
    """What is stored about a picture's file.

    `digest` is empty if the worker found no file. `error_code` is that of a picture that
    failed, else empty. `revision` is the row's, to detect changes since. `is_second_look` if
    bytes were found some minutes ago that are believed only when they are found again.
    `decoder_version` is that by which the file was decoded.
    """

    image_id: int
    name: str
    revision: int
    digest: str
    error_code: str
    is_doubted: bool = False
    is_second_look: bool = False
    decoder_version: int = DECODER_VERSION


def known_images() -> QuerySet[Any]:
    """Pictures whose file a worker has read at their present revision, READY or FAILED.

    Pictures that wait are left out: a worker reads their files anyway. Annotated with the
    error code as `verdict`.
    """
    verdicts = ImageEmbedding.objects.filter(
        image=OuterRef("pk"), revision=OuterRef("revision"), state__in=[State.READY, State.FAILED]
    ).exclude(space__state=EmbeddingSpace.State.RETIRED)
    failed_first = verdicts.order_by("-error_code").values("error_code")[:1]
    newest = verdicts.order_by(F("given_back_at").desc(nulls_last=True)).values("given_back_at")
    return (
        IndexedImage.objects.using(database())
        .shown()
        .annotate(verdict=Subquery(failed_first), doubted_at=Subquery(newest[:1]))
        .filter(verdict__isnull=False)
    )


def outdated() -> QuerySet[Any]:
    """Those of `known_images` whose file was decoded by a former version of the app."""
    return known_images().filter(decoder_version__lt=DECODER_VERSION)


def any_is_outdated() -> bool:
    """Whether a file may be `outdated`; cheap enough for each sweep."""
    rows = IndexedImage.objects.using(database()).filter(decoder_version__lt=DECODER_VERSION)
    return rows.exists()


def due_for_check(days: float) -> QuerySet[Any]:
    """Those of `known_images` whose file was last read more than `days` ago, and `outdated`.

    Also those whose file was missing, that wait for a second look, or that failed within
    `days` by bytes that may have been the storage's fault: they heal by themselves. With 0
    days, `outdated` ones alone.
    """
    if not days:
        return outdated()
    period = timedelta(days=days)
    failed_lately = ImageEmbedding.objects.filter(
        image=OuterRef("pk"), finished_at__gt=Now() - period, error_code__in=storage_codes()
    )
    is_unsure = Q(verdict=PictureMissing.code) | Q(doubted_at__isnull=False)
    is_old = Q(checked_at=None) | Q(checked_at__lt=Now() - period) | Q(checked_at__gt=Now())
    is_outdated = Q(decoder_version__lt=DECODER_VERSION)
    return known_images().filter(is_unsure | is_old | is_outdated | Exists(failed_lately))


def next_files(images: QuerySet[Any], after: int, most: int) -> list[KnownFile]:
    """Up to `most` of `images`, from `known_images`, with primary keys above `after`, in order."""
    beyond = (
        images.filter(pk__gt=after)
        .order_by("pk")
        .annotate(
            is_doubted=Q(doubted_at__isnull=False),
            is_second_look=Q(doubted_at__lt=Now() - SECOND_LOOK_AFTER),
        )
    )
    fields = beyond.values_list(
        *("pk", "name", "revision", "digest", "verdict", "is_doubted", "is_second_look"),
        "decoder_version",
    )
    return [
        KnownFile(
            image_id=pk,
            name=name,
            revision=revision,
            digest=digest,
            error_code=code,
            is_doubted=is_doubted,
            is_second_look=bool(is_second_look),
            decoder_version=decoder,
        )
        for pk, name, revision, digest, code, is_doubted, is_second_look, decoder in fields[:most]
    ]
