"""The files that a worker has looked at before, and what it found."""

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
    """What we know of a picture's file.

    `digest` is empty where the worker found no file. `error_code` says why the picture
    failed, if it did; `revision` is the row's, to see whether the shop changed it meanwhile.
    """

    image_id: int
    name: str
    revision: int
    digest: str
    error_code: str


def known_images() -> QuerySet[Any]:
    """Pictures in which a worker has looked: those that wait will be looked at anyway."""
    verdicts = ImageEmbedding.objects.filter(
        image=OuterRef("pk"), revision=OuterRef("revision"), state__in=[State.READY, State.FAILED]
    ).exclude(space__state=EmbeddingSpace.State.RETIRED)
    failed_first = verdicts.order_by("-error_code").values("error_code")[:1]
    return (
        IndexedImage.objects.using(database())
        .annotate(verdict=Subquery(failed_first))
        .filter(verdict__isnull=False)
    )


def not_looked_at_for(days: float) -> QuerySet[Any]:
    """Those of `known_images` whose file was last read longer ago, or was not there to read."""
    before = timezone.now() - timedelta(days=days)
    is_missing = Q(verdict=PictureMissing.code)
    return known_images().filter(is_missing | Q(checked_at=None) | Q(checked_at__lt=before))


def next_files(images: QuerySet[Any], after: int, most: int) -> list[KnownFile]:
    """Up to so many of `known_images`, in the order of their keys, beyond the key `after`."""
    beyond = images.filter(pk__gt=after).order_by("pk")
    fields = beyond.values_list("pk", "name", "revision", "digest", "verdict")
    return [
        KnownFile(image_id=pk, name=name, revision=revision, digest=digest, error_code=code)
        for pk, name, revision, digest, code in fields[:most]
    ]
