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
from .. import colour_text, image_rows
from ..storage import read
from .known_files import KnownFile

NEVER_ENDED = (PictureKilledWorker.code, PictureNotEmbedded.code)
"""What pictures fail by of which each attempt was cut short."""


class Verdict(Enum):
    SAME = auto()
    GONE = auto()
    STILL_GONE = auto()
    CHANGED = auto()


def look_at(known: KnownFile) -> Verdict:
    """Read the file and compare; raises StorageUnavailable, which says nothing of the file."""
    try:
        found = digest(read(known.name))
    except PictureMissing:
        return Verdict.GONE if known.digest else Verdict.STILL_GONE
    is_back = known.error_code == PictureMissing.code
    is_same = found == known.digest or _was_never_read(known)
    return Verdict.SAME if is_same and not is_back else Verdict.CHANGED


def _was_never_read(known: KnownFile) -> bool:
    """Nobody noted the bytes of which no attempt came to an end, so these may be the same."""
    return not known.digest and known.error_code in NEVER_ENDED


def note(verdicts: Mapping[KnownFile, Verdict]) -> dict[KnownFile, Verdict]:
    """Note what still is as it was when its file was read; what was so noted.

    What the shop or a worker holds or has changed meanwhile is passed by: they know better.
    """
    with transaction.atomic(using=database()):
        held = _hold([known.image_id for known in verdicts])
        noted = {
            known: verdict
            for known, verdict in verdicts.items()
            if held.get(known.image_id) == (known.revision, known.digest)
        }
        _images(noted, Verdict.SAME).update(checked_at=timezone.now())
        # The worker says what has become of it; should the file be back by then, all is well.
        image_rows.embed_again(_images(noted, Verdict.GONE))
        changed = _images(noted, Verdict.CHANGED)
        image_rows.forget_bytes(changed)
    colour_text.sync_quietly(list(changed.values_list("pk", flat=True)))
    return noted


def _hold(keys: list[int]) -> dict[int, tuple[int, str]]:
    """Lock these pictures' rows, but for those that others hold: their revisions and digests."""
    found = IndexedImage.objects.using(database()).filter(pk__in=keys).order_by("pk")
    locked = found.select_for_update(skip_locked=True, no_key=True)
    return {row.pk: (row.revision, row.digest) for row in locked}


def _images(verdicts: Mapping[KnownFile, Verdict], chosen: Verdict) -> "QuerySet[IndexedImage]":
    keys = [known.image_id for known, verdict in verdicts.items() if verdict is chosen]
    return IndexedImage.objects.filter(pk__in=keys)
