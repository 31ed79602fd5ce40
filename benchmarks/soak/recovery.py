"""Everything is mended that broke; then all that waits has its turn."""

import time
from collections.abc import Iterator

from django.db import connection

from vrs_app import spaces
from vrs_app.exceptions import PictureKilledWorker, PictureNotEmbedded
from vrs_app.indexing import image_rows
from vrs_app.indexing.enqueue import enqueue_batch
from vrs_app.indexing.reconcile import reconcile
from vrs_app.indexing.reconcile.report import Findings
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage
from vrs_app.spaces import pending

from .probes import wait_until
from .processes import Household
from .report import Journal

LONGEST = 300.0
"""Seconds until nothing waits: a lease, a few sweeps, and suspects one at a time."""

MOMENT = 10.0
"""Seconds after which what is still wrong stays so."""

NOT_SETTLED = "pictures still wait although nothing is broken any more"
SECOND_LOOK = "a second reconciling found something"


def settle(house: Household, journal: Journal) -> None:
    """Until nothing waits and nothing is in a worker's hands, or far too long."""
    connection.close()  # it may have been cut
    began = time.monotonic()
    try:
        wait_until(lambda: not _unsettled(house), "quiet", LONGEST)
    except TimeoutError:
        for fault in _unsettled(house):
            journal.accuse(NOT_SETTLED, fault)
    journal.notes["seconds until nothing waited"] += round(time.monotonic() - began)


def mend(journal: Journal) -> None:
    """`vrs_reconcile`, and "Embed again" for what was given up because fire killed its worker."""
    found = reconcile()
    for name in ("pictures", "words", "leases_expired", "files_gone", "files_changed"):
        journal.notes[f"reconciling found: {name.replace('_', ' ')}"] += getattr(found, name)
    given_up = ImageEmbedding.objects.filter(
        error_code__in=[PictureKilledWorker.code, PictureNotEmbedded.code]
    )
    again = IndexedImage.objects.filter(pk__in=given_up.values("image"))
    journal.notes["given up with their workers, and embedded again"] += image_rows.requeue(again)
    enqueue_batch()


def look_again(journal: Journal) -> None:
    """What was mended stays mended.

    The last batch's words are written a moment after its vectors, so it has that moment.
    """
    try:
        wait_until(lambda: not _is_wrong(reconcile(find_only=True)), "agreement", MOMENT)
    except TimeoutError:
        journal.accuse(SECOND_LOOK, repr(reconcile(find_only=True)))


def _is_wrong(found: Findings) -> bool:
    return bool(found.wrong or found.trouble)


def _unsettled(house: Household) -> list[str]:
    """What waits, or is in somebody's hands, in a space that workers fill."""
    house.revive()
    if spaces.active() is None:
        return ["no worker has made a space yet"]
    return [fault for space in spaces.filled() for fault in _unsettled_in(space)]


def _unsettled_in(space: EmbeddingSpace) -> Iterator[str]:
    known = ImageEmbedding.objects.filter(space=space).select_related("image").defer("vector")
    for row in known.filter(ImageEmbedding.is_waiting()) | known.filter(lease_token__isnull=False):
        hands = f"held until {row.lease_until}" if row.lease_token else "in nobody's hands"
        yield f"{_named(row.image, space)}: {row.state}, {hands}, {row.attempts} tries"
    for image in pending.without_row(space):
        yield f"{_named(image, space)}: unknown there"


def _named(image: IndexedImage, space: EmbeddingSpace) -> str:
    return f"product {image.product_id}, {image}, in space {space.pk}"
