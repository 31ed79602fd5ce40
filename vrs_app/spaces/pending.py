"""The pictures that wait to be embedded in a space."""

import datetime

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone

from ..models import EmbeddingSpace, ImageEmbedding, IndexedImage


def count(space: EmbeddingSpace) -> int:
    """How many pictures wait, claimed or not."""
    return rows(space).count() + without_row(space).count()


def exist(space: EmbeddingSpace) -> bool:
    """Whether a claim would find a picture now."""
    return suspects(space).exists() or fresh(space).exists() or without_row(space).exists()


def rows(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    return ImageEmbedding.objects.filter(ImageEmbedding.is_waiting(), space=space)


def fresh(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    """Unclaimed rows, first those of pictures that are not served yet.

    Rows whose file the storage withheld come last, so that they hold up no other.
    """
    in_turn = F("given_back_at").asc(nulls_first=True)
    served = ExpressionWrapper(ImageEmbedding.is_servable(), BooleanField())
    return rows(space).filter(lease_token__isnull=True).order_by(in_turn, served.asc(), "pk")


def untried(space: EmbeddingSpace, since: datetime.datetime) -> bool:
    """Whether pictures wait whose files the storage has not withheld since `since`."""
    is_untried = Q(given_back_at=None) | Q(given_back_at__lt=since)
    return fresh(space).filter(is_untried).exists() or without_row(space).exists()


def suspects(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    """Rows whose last attempt never ended: the lease has expired or was released."""
    is_over = Q(lease_until__lte=timezone.now()) | Q(lease_until=None)
    return rows(space).filter(is_over, lease_token__isnull=False).order_by("pk")


def without_row(space: EmbeddingSpace) -> QuerySet[IndexedImage]:
    """Pictures that have no row in the space yet."""
    known = ImageEmbedding.objects.filter(image=OuterRef("pk"), space=space)
    return IndexedImage.objects.filter(~Exists(known)).order_by("pk")
