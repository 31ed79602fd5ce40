"""One file in the storage, compared with what a worker last found in it."""

from collections.abc import Mapping
from enum import Enum, auto

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from ... import vision
from ...exceptions import (
    PictureError,
    PictureKilledWorker,
    PictureMissing,
    PictureNotEmbedded,
)
from ...infra.db import database
from ...models import ImageEmbedding, IndexedImage
from ...vision import DECODER_VERSION, digest
from .. import image_rows
from ..outbox.append import append_products
from ..storage import is_cut_short, read_file
from .known_files import KnownFile

NEVER_ENDED = (PictureKilledWorker.code, PictureNotEmbedded.code)
"""Error codes of pictures of which no attempt ended, so that no digest was stored."""


class Verdict(Enum):
    """What became of a file since a worker last read it."""

    SAME = auto()
    OUTDATED = auto()
    """The same bytes, which a former version of the app decoded to other pixels, or refused."""
    GONE = auto()
    STILL_GONE = auto()
    CHANGED = auto()
    DOUBTED = auto()
    """Served before, and now no picture or cut short: it is believed at a second look."""
    SPOILED = auto()
    """The same, at the second look."""


FIRST_LOOK_DECODES_AT = 32
"""Side in pixels to which a changed file is decoded, to see whether it is a picture."""


def check_file(known: KnownFile) -> Verdict:
    """Read the file and compare its digest; raises StorageUnavailable if it cannot be read now."""
    try:
        data = read_file(known.name)
    except PictureMissing:
        return Verdict.GONE if known.digest else Verdict.STILL_GONE
    found = digest(data)
    is_back = known.error_code == PictureMissing.code
    is_same = found == known.digest or _was_never_read(known)
    if is_same and not is_back:
        return Verdict.OUTDATED if _is_decoded_anew(known, data) else Verdict.SAME
    if not known.error_code and _may_be_storage(known.name, data):
        return Verdict.SPOILED if known.is_second_look else Verdict.DOUBTED
    return Verdict.CHANGED


def _is_decoded_anew(known: KnownFile, data: bytes) -> bool:
    """Whether this version decodes the file differently; one that was refused is tried again."""
    is_outdated = known.decoder_version < DECODER_VERSION
    was_refused = bool(known.error_code) and known.error_code not in NEVER_ENDED
    return is_outdated and (was_refused or vision.has_changed_since(known.decoder_version, data))


def _may_be_storage(name: str, data: bytes) -> bool:
    """Whether the bytes may be the storage's fault: no picture, or cut short."""
    try:
        vision.load(data, FIRST_LOOK_DECODES_AT)
    except PictureError as error:
        if error.may_be_storage:
            return True
    return is_cut_short(name, data)


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
        _images(applied, Verdict.SAME).update(checked_at=Now())
        # What was looked at is not outdated any more, whatever became of it.
        is_settled = [each for each in Verdict if each is not Verdict.DOUBTED]
        _images(applied, *is_settled).filter(decoder_version__lt=DECODER_VERSION).update(
            decoder_version=DECODER_VERSION
        )
        # A worker reads the file again before the picture fails: it may be back by then.
        # Decoded anew, it keeps its old vector until the new one is stored.
        image_rows.requeue(_images(applied, Verdict.GONE, Verdict.SPOILED, Verdict.OUTDATED))
        changed = _images(applied, Verdict.CHANGED)
        image_rows.invalidate(changed)
        append_products(changed.values_list("product_id", flat=True))  # colours are cleared
        _note_doubts(applied)
    return applied


def _lock(keys: list[int]) -> dict[int, tuple[int, str]]:
    """Lock the image rows that are free; their revisions and digests by primary key."""
    found = IndexedImage.objects.using(database()).filter(pk__in=keys).order_by("pk")
    locked = found.select_for_update(skip_locked=True, no_key=True)
    return {row.pk: (row.revision, row.digest) for row in locked}


def _note_doubts(verdicts: Mapping[KnownFile, Verdict]) -> None:
    """Note the time of the first look, which changes nothing else; or that it was unfounded."""
    new = {k: v for k, v in verdicts.items() if v is Verdict.DOUBTED and not k.is_doubted}
    unfounded = {k: v for k, v in verdicts.items() if v is Verdict.SAME and k.is_doubted}
    for chosen, moment in ((new, Now()), (unfounded, None)):
        if keys := [known.image_id for known in chosen]:
            done = ImageEmbedding.objects.filter(image__in=keys, lease_token=None)
            done.filter(revision=F("image__revision")).update(given_back_at=moment)


def _images(verdicts: Mapping[KnownFile, Verdict], *chosen: Verdict) -> "QuerySet[IndexedImage]":
    keys = [known.image_id for known, verdict in verdicts.items() if verdict in chosen]
    return IndexedImage.objects.filter(pk__in=keys)
