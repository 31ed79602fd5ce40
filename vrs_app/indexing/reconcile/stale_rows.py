"""Rows left behind: expired leases of lost workers, and vectors of other bytes."""

from django.db import transaction
from django.db.models import F, Q

from ...infra.db import database
from ...models import EmbeddingSpace, ImageEmbedding, IndexedImage
from ...spaces import pending
from .. import image_rows


def end_expired_leases(*, find_only: bool = False) -> int:
    """End expired leases; returns the number of pictures.

    The tokens stay, so that each picture is claimed alone: one of them may have killed the
    worker. Locked rows are skipped.
    """
    expired = ImageEmbedding.objects.using(database()).filter(
        pending.lease_is_over(), lease_token__isnull=False, lease_until__isnull=False
    )
    if find_only:
        return expired.count()
    with transaction.atomic(using=database()):
        held = expired.select_for_update(skip_locked=True, no_key=True).order_by("pk")
        keys = list(held.values_list("pk", flat=True))
        return ImageEmbedding.objects.filter(pk__in=keys).update(lease_until=None)


def requeue_stale_vectors(*, find_only: bool = False) -> int:
    """Requeue pictures that are READY without a servable vector; returns their number.

    No worker leaves such rows. A backup of which only some tables were restored does.
    """
    unfit = ImageEmbedding.objects.using(database()).filter(
        ~Q(digest=F("image__digest")) | Q(vector=None),
        revision=F("image__revision"),
        state=ImageEmbedding.State.READY,
    )
    kept = unfit.exclude(space__state=EmbeddingSpace.State.RETIRED)
    images = IndexedImage.objects.using(database()).filter(pk__in=kept.values("image").distinct())
    if find_only:
        return images.count()
    with transaction.atomic(using=database()):
        held = images.select_for_update(skip_locked=True, no_key=True).order_by("pk")
        keys = list(held.values_list("pk", flat=True))
        return image_rows.requeue(IndexedImage.objects.filter(pk__in=keys))
