"""One file in the storage, compared with what a worker last found in it."""

from collections.abc import Mapping
from enum import Enum, auto

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ...exceptions import PictureKilledWorker, PictureMissing, PictureNotEmbedded
from ...infra.db import database
from ...models import IndexedImage
from ...vision import digest
from .. import image_rows
from ..outbox.append import append_new
from ..storage import read_file
from .known_files import KnownFile

NEVER_ENDED = (PictureKilledWorker.code, PictureNotEmbedded.code)
"""Error codes of pictures of which no attempt ended, so that no digest was stored."""


class Verdict(Enum):
    """What became of a file since a worker last read it."""

    SAME = auto()
    GONE = auto()
    STILL_GONE = auto()
    CHANGED = auto()


def check_file(known: KnownFile) -> Verdict:
    """Read the file and compare its digest; raises StorageUnavailable if it cannot be read now."""
    try:
        found = digest(read_file(known.name))
    except PictureMissing:
        return Verdict.GONE if known.digest else Verdict.STILL_GONE
    is_back = known.error_code == PictureMissing.code
    is_same = found == known.digest or _was_never_read(known)
    return Verdict.SAME if is_same and not is_back else Verdict.CHANGED


def _was_never_read(known: KnownFile) -> bool:
    """Whether no digest was stored, since no attempt ended: the bytes may be the same."""
    return not known.digest and known.error_code in NEVER_ENDED


def apply(verdicts: Mapping[KnownFile, Verdict]) -> dict[KnownFile, Verdict]:
    """Write the verdicts to rows that are as they were when the file was read; returns those.

    Rows that are locked or were changed meanwhile are skipped.
    """
    with transaction.atomic(using=database()):
        locked = _lock([known.image_id for known in verdicts])
        applied = {
            known: verdict
            for known, verdict in verdicts.items()
            if locked.get(known.image_id) == (known.revision, known.digest)
        }
        _images(applied, Verdict.SAME).update(checked_at=timezone.now())
        # A worker reads the file again before the picture fails: it may be back by then.
        image_rows.requeue(_images(applied, Verdict.GONE))
        changed = _images(applied, Verdict.CHANGED)
        image_rows.invalidate(changed)
        append_new(set(changed.values_list("product_id", flat=True)))  # the colours are cleared
    return applied


def _lock(keys: list[int]) -> dict[int, tuple[int, str]]:
    """Lock the image rows that are free; their revisions and digests by primary key."""
    found = IndexedImage.objects.using(database()).filter(pk__in=keys).order_by("pk")
    locked = found.select_for_update(skip_locked=True, no_key=True)
    return {row.pk: (row.revision, row.digest) for row in locked}


def _images(verdicts: Mapping[KnownFile, Verdict], chosen: Verdict) -> "QuerySet[IndexedImage]":
    keys = [known.image_id for known, verdict in verdicts.items() if verdict is chosen]
    return IndexedImage.objects.filter(pk__in=keys)
