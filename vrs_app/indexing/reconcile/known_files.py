"""The files that a worker has read before, and what it found in them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from ...exceptions import PictureMissing
from ...infra.db import database
from ...models import EmbeddingSpace, ImageEmbedding, IndexedImage

State = ImageEmbedding.State


@dataclass(frozen=True, kw_only=True)
class KnownFile:
    """What is stored about a picture's file.

    `digest` is empty if the worker found no file. `error_code` is that of a picture that
    failed, else empty. `revision` is the row's, to detect changes since.
    """

    image_id: int
    name: str
    revision: int
    digest: str
    error_code: str


def known_images() -> QuerySet[Any]:
    """Pictures whose file a worker has read at their present revision, READY or FAILED.

    Pictures that wait are left out: a worker reads their files anyway. Annotated with the
    error code as `verdict`.
    """
    verdicts = ImageEmbedding.objects.filter(
        image=OuterRef("pk"), revision=OuterRef("revision"), state__in=[State.READY, State.FAILED]
    ).exclude(space__state=EmbeddingSpace.State.RETIRED)
    failed_first = verdicts.order_by("-error_code").values("error_code")[:1]
    return (
        IndexedImage.objects.using(database())
        .annotate(verdict=Subquery(failed_first))
        .filter(verdict__isnull=False)
    )


def due_for_check(days: float) -> QuerySet[Any]:
    """Those of `known_images` whose file was last read more than `days` ago, or was missing."""
    before = timezone.now() - timedelta(days=days)
    is_missing = Q(verdict=PictureMissing.code)
    return known_images().filter(is_missing | Q(checked_at=None) | Q(checked_at__lt=before))


def next_files(images: QuerySet[Any], after: int, most: int) -> list[KnownFile]:
    """Up to `most` of `images`, from `known_images`, with primary keys above `after`, in order."""
    beyond = images.filter(pk__gt=after).order_by("pk")
    fields = beyond.values_list("pk", "name", "revision", "digest", "verdict")
    return [
        KnownFile(image_id=pk, name=name, revision=revision, digest=digest, error_code=code)
        for pk, name, revision, digest, code in fields[:most]
    ]
