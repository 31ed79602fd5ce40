"""The pictures that wait to be embedded in a space.

A lease or a time from the future, as a worker with a wrong clock leaves it, counts as over. All
times are compared with the database's clock, which is one for all machines.
"""

import datetime

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from ..conf import conf
from ..models import EmbeddingSpace, ImageEmbedding, IndexedImage

MOST_LEASE_MARGIN = 60
"""Seconds beyond a batch's time limit after which no lease can end."""

SECOND_LOOK_AFTER = datetime.timedelta(minutes=3)
"""How long a picture waits whose bytes are believed only at a second look."""

READ_AGAIN = "The worker was lost while it read the file, which is read again."
HANGS = "The storage takes too long to give the file."
"""Details of rows that are read again: after a first loss, and when the file is known to hang."""

HANG_RETRY_LIMITS = 2
"""For so many time limits of a batch no file that has hung is read again, and none that was
withheld, if several hung: a file that always hangs takes a third of a worker's time at most."""


def hang_retry() -> datetime.timedelta:
    """How long after a file has hung one of those that hung is read again."""
    return datetime.timedelta(seconds=HANG_RETRY_LIMITS * conf.BATCH_TIME_LIMIT)


def count(space: EmbeddingSpace) -> int:
    """How many pictures wait, claimed or not."""
    return rows(space).count() + without_row(space).count()


def exist(space: EmbeddingSpace) -> bool:
    """Whether a claim would find a picture now."""
    waiting = (suspects(space), fresh(space), hung(space), without_row(space))
    return any(each.exists() for each in waiting)


def rows(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    """Rows with work to do; not those of pictures that a save withheld: they may be deleted."""
    waiting = ImageEmbedding.objects.filter(ImageEmbedding.is_waiting(), space=space)
    return waiting.filter(image__withheld_at=None)


def fresh(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    """Unclaimed rows, first those of pictures that are not served yet.

    Rows whose file the storage withheld come last, so that they hold up no other, and not at
    all while the storage hangs. Rows that wait for their second look are left out.
    """
    in_turn = F("given_back_at").asc(nulls_first=True)
    served = ExpressionWrapper(ImageEmbedding.is_servable(), BooleanField())
    unclaimed = rows(space).filter(
        Q(given_back_at=None) | ~_storage_hangs(), lease_token__isnull=True
    )
    return unclaimed.exclude(_waits_for_second_look()).order_by(in_turn, served.asc(), "pk")


def untried(space: EmbeddingSpace, since: datetime.datetime) -> bool:
    """Whether pictures wait whose files the storage has not withheld since `since`."""
    is_untried = Q(given_back_at=None) | Q(given_back_at__lt=since)
    return fresh(space).filter(is_untried).exists() or without_row(space).exists()


def suspects(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    """Rows whose last attempt never ended: the lease has expired or was released.

    Those lost while they were read come second, and not at all while the storage hangs.
    """
    is_free = Q(given_back_at=None) | (Q(error_detail="") & ~_storage_hangs())
    in_turn = F("given_back_at").asc(nulls_first=True)
    return _lost(space).filter(is_free).order_by(in_turn, "pk")


def hung(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    """Rows whose file is known to hang, the one that hung longest ago first.

    None within `hang_retry` of the last file that hung.
    """
    return known_to_hang(space).filter(~Exists(_hung_lately()))


def known_to_hang(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    """Rows whose file is known to hang, whenever they are read again."""
    return _lost(space).filter(is_hung()).order_by("lease_until", "pk")


def _lost(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    return rows(space).filter(lease_is_over(), lease_token__isnull=False)


def lease_is_over() -> Q:
    """Rows without a lease, with an expired one, or with one that no worker can have given."""
    return Q(lease_until=None) | Q(lease_until__lte=Now()) | _is_from_future()


def _is_from_future() -> Q:
    longest = datetime.timedelta(seconds=conf.BATCH_TIME_LIMIT + MOST_LEASE_MARGIN)
    return Q(lease_until__gt=Now() + longest)


def is_hung() -> Q:
    """Rows whose file hung when it was last read, or is being read once more after that."""
    return Q(lease_token__isnull=False, given_back_at__isnull=False) & ~Q(error_detail="")


def _storage_hangs() -> Exists:
    """Whether several files have hung within `hang_retry`: not one of them is at fault."""
    return Exists(_hung_lately()[1:])


def _hung_lately() -> QuerySet[ImageEmbedding]:
    """Rows whose file has hung within `hang_retry`, or is tried again now."""
    lately = Q(lease_until__gt=Now() - hang_retry(), lease_until__lte=Now())
    is_tried = Q(lease_until__gt=Now(), error_detail=HANGS) & ~_is_from_future()
    return ImageEmbedding.objects.filter(is_hung(), lately | is_tried)


def doubted(space: EmbeddingSpace) -> QuerySet[ImageEmbedding]:
    """Rows whose bytes are believed only at a second look."""
    return rows(space).filter(is_doubted(), lease_token__isnull=True).order_by("pk")


def is_doubted() -> Q:
    """Rows whose last look at the file found bytes that are not believed yet."""
    of_these_bytes = Q(state=ImageEmbedding.State.WAITING, revision=F("image__revision"))
    return of_these_bytes & Q(given_back_at__isnull=False) & ~Q(error_code="")


def _waits_for_second_look() -> Q:
    lately = Q(given_back_at__gt=Now() - SECOND_LOOK_AFTER, given_back_at__lte=Now())
    return is_doubted() & lately


def without_row(space: EmbeddingSpace) -> QuerySet[IndexedImage]:
    """Pictures that have no row in the space yet."""
    known = ImageEmbedding.objects.filter(image=OuterRef("pk"), space=space)
    return IndexedImage.objects.shown().filter(~Exists(known)).order_by("pk")
