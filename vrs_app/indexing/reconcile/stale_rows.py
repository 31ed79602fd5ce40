"""What workers left behind: leases of those that are gone, vectors of other bytes."""

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from ...infra.db import database
from ...models import EmbeddingSpace, ImageEmbedding, IndexedImage
from .. import image_rows


def hand_leases_on(*, find_only: bool = False) -> int:
    """Let what a lost worker held be nobody's; how many pictures that are.

    The tokens stay, by which each is claimed alone: one of them may have been why it was
    lost. What another transaction holds is in good hands and passed by.
    """
    expired = ImageEmbedding.objects.using(database()).filter(
        lease_token__isnull=False, lease_until__lte=timezone.now()
    )
    if find_only:
        return expired.count()
    with transaction.atomic(using=database()):
        held = expired.select_for_update(skip_locked=True, no_key=True).order_by("pk")
        keys = list(held.values_list("pk", flat=True))
        return ImageEmbedding.objects.filter(pk__in=keys).update(lease_until=None)


def make_again(*, find_only: bool = False) -> int:
    """Let pictures wait that count as ready and are not served; how many they are.

    No worker leaves such a vector, but a backup does of which not all tables were restored.
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
        return image_rows.embed_again(IndexedImage.objects.filter(pk__in=keys))
