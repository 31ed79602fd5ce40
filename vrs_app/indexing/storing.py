"""Store the outcomes of a batch: vectors or errors, and what was found in the files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from ..embedders.base import Vector
from ..exceptions import PictureError
from ..infra.db import database
from ..models import ImageEmbedding, IndexedImage
from ..vision import DECODER_VERSION, LoadedPicture
from . import image_rows
from .claims import Claim, held, lock
from .outbox.append import append_products

State = ImageEmbedding.State

FILE_FACTS = [
    *("revision", "digest", "width", "height", "colours", "checked_at", "decoder_version"),
]
"""The fields of an image row that say what a worker found in its file."""

RESULT = [
    *("state", "revision", "error_code", "error_detail", "finished_at", "vector", "digest"),
    *("lease_token", "lease_until", "given_back_at"),
]
"""The fields of an embedding row that an outcome changes."""


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """A picture that was embedded. The vector has one dimension and unit length.

    `colours` are shares of the garment, 0 to 1, by name; empty if they were not measured.
    """

    picture: LoadedPicture
    vector: Vector
    colours: Mapping[str, float] = field(default_factory=dict)


Outcome = Embedded | PictureError


def finish(outcomes: Mapping[Claim, Outcome]) -> list[Claim]:
    """Store each outcome whose row is still as it was claimed; returns the stored claims.

    The others' pictures were changed since, or the shop's transaction holds them now. The
    image's row is locked too, so that its digest and the vector's always agree. A batch of
    any size takes the same few statements, and sends no signal of the models.
    """
    with transaction.atomic(using=database()):
        unchanged = held(outcomes).filter(revision=F("image__revision"))
        locked = {row.pk: row for row in lock(unchanged, len(outcomes))}
        stored = {
            claimed: (locked[claimed.embedding_id], outcome)
            for claimed, outcome in outcomes.items()
            if claimed.embedding_id in locked
        }
        if stored:
            _store(list(stored.values()))
            _invalidate_other_bytes(stored)
            # The measured colours are among the words of a product.
            append_products({claimed.product_id for claimed in stored})
    return list(stored)


def _store(results: Sequence[tuple[ImageEmbedding, Outcome]]) -> None:
    """Write the outcomes with one UPDATE of the image rows and one of the embedding rows."""
    images = [row.image for row, outcome in results if _set_file_facts(row, outcome)]
    for row, outcome in results:
        _set_outcome(row, outcome)
    if images:
        IndexedImage.objects.bulk_update(images, FILE_FACTS)
    ImageEmbedding.objects.bulk_update([row for row, _ in results], RESULT)


def _set_outcome(row: ImageEmbedding, outcome: Outcome) -> None:
    row.lease_token = row.lease_until = row.given_back_at = None
    row.finished_at = Now()
    if isinstance(outcome, Embedded):
        row.state, row.error_code, row.error_detail = State.READY, "", ""
        row.vector, row.digest = outcome.vector, outcome.picture.digest
    else:
        row.state, row.error_code, row.error_detail = State.FAILED, outcome.code, outcome.detail
        row.vector = F("vector")  # it stays, and was not read


def _set_file_facts(row: ImageEmbedding, outcome: Outcome) -> bool:
    """Set digest, size and colours of the file that was read, also of a bad one.

    If its bytes changed without a signal, the revision grows: the picture waits in all other
    spaces, and vectors of the old bytes are not served any more. It grows, too, where a former
    version decoded the file: the vectors in other spaces are of its pixels. False if nothing was
    read.
    """
    image, digest = row.image, _digest_of(outcome)
    if digest is None:
        return False
    is_outdated = image.decoder_version < DECODER_VERSION
    if image.digest and (image.digest != digest or is_outdated):
        image.revision += 1
        row.revision = image.revision
    if isinstance(outcome, Embedded):
        image.width, image.height = outcome.picture.width, outcome.picture.height
        image.colours = dict(outcome.colours)
    elif image.digest != digest:
        image.width, image.height, image.colours = None, None, {}
    image.digest, image.checked_at, image.decoder_version = digest, Now(), DECODER_VERSION
    return True


def _digest_of(outcome: Outcome) -> str | None:
    """The digest of the bytes that were read; "" if there is no file, None if it is unknown."""
    return outcome.picture.digest if isinstance(outcome, Embedded) else outcome.digest


def _invalidate_other_bytes(stored: Mapping[Claim, tuple[ImageEmbedding, Outcome]]) -> None:
    """Invalidate image rows of the same files that have the digest of other bytes.

    A file belongs to its name: two products of a storage that overwrites may show one file,
    of which a worker read the bytes before for one of them. Rows that are locked are skipped.
    """
    present = {row.image.name: _digest_of(outcome) for row, outcome in stored.values()}
    differ = [
        Q(name=name) & ~Q(digest__in=["", digest]) for name, digest in present.items() if digest
    ]
    if differ:
        others = IndexedImage.objects.filter(Q(*differ, _connector=Q.OR))
        free = others.select_for_update(skip_locked=True, no_key=True)
        image_rows.invalidate(IndexedImage.objects.filter(pk__in=free.values("pk")))
