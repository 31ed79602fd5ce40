"""Recovery: wait until nothing is pending, reconcile, and check that nothing is left to do."""

import time
from collections.abc import Iterator

from django.db import connection

from vrs_app import spaces
from vrs_app.exceptions import PictureKilledWorker, PictureNotEmbedded
from vrs_app.indexing import image_rows
from vrs_app.indexing.enqueue import enqueue_batch
from vrs_app.indexing.reconcile import reconcile
from vrs_app.indexing.reconcile.report import Findings
from vrs_app.models import Change, EmbeddingSpace, ImageEmbedding, IndexedImage
from vrs_app.spaces import pending

from .probes import wait_until
from .processes import ShopProcesses
from .report import Report

IDLE_TIMEOUT = 300.0
"""Seconds: for a lease, a few sweeps, and suspects one at a time."""

TEXT_TIMEOUT = 10.0
"""Seconds in which a worker writes the last batch's words."""

NOT_IDLE = "pictures still wait although nothing is broken any more"
NOT_RECONCILED = "a second reconciling found something"


def wait_until_idle(processes: ShopProcesses, report: Report) -> None:
    """Wait until no picture waits and none is claimed; a violation after IDLE_TIMEOUT."""
    connection.close()  # it may have been cut
    began = time.monotonic()
    try:
        wait_until(lambda: not _pending(processes), "quiet", IDLE_TIMEOUT)
    except TimeoutError:
        for fault in _pending(processes):
            report.add_violation(NOT_IDLE, fault)
    report.observations["seconds until nothing waited"] += round(time.monotonic() - began)


def reconcile_and_requeue(report: Report) -> None:
    """Reconcile, and requeue pictures that were given up because their workers were killed."""
    found = reconcile()
    for name in ("pictures", "words", "leases_expired", "files_gone", "files_changed"):
        report.observations[f"reconciling found: {name.replace('_', ' ')}"] += getattr(found, name)
    given_up = ImageEmbedding.objects.filter(
        error_code__in=[PictureKilledWorker.code, PictureNotEmbedded.code]
    )
    again = IndexedImage.objects.filter(pk__in=given_up.values("image"))
    report.observations["given up with their workers, and embedded again"] += image_rows.requeue(
        again
    )
    enqueue_batch()


def check_second_reconcile(report: Report) -> None:
    """A second reconciling must find nothing.

    The words of the last batch are written after its vectors, so it is retried for TEXT_TIMEOUT.
    """
    try:
        wait_until(lambda: not _has_findings(reconcile(find_only=True)), "agreement", TEXT_TIMEOUT)
    except TimeoutError:
        report.add_violation(NOT_RECONCILED, repr(reconcile(find_only=True)))


def _has_findings(found: Findings) -> bool:
    return bool(found.wrong or found.trouble)


def _pending(processes: ShopProcesses) -> list[str]:
    """A line for each change that waits, and each picture that waits or is claimed."""
    processes.restart_ended()
    if spaces.active() is None:
        return ["no worker has made a space yet"]
    changes = [f"not drained: {row}, product {row.product} {row.error}" for row in _undrained()]
    return changes + [fault for space in spaces.filled() for fault in _pending_in(space)]


def _undrained() -> list[Change]:
    return list(Change.objects.order_by("pk")[:10])


def _pending_in(space: EmbeddingSpace) -> Iterator[str]:
    rows = ImageEmbedding.objects.filter(space=space).select_related("image").defer("vector")
    for row in rows.filter(ImageEmbedding.is_waiting()) | rows.filter(lease_token__isnull=False):
        claim = f"claimed until {row.lease_until}" if row.lease_token else "not claimed"
        yield f"{_described(row.image, space)}: {row.state}, {claim}, {row.attempts} tries"
    for image in pending.without_row(space):
        yield f"{_described(image, space)}: unknown there"


def _described(image: IndexedImage, space: EmbeddingSpace) -> str:
    return f"product {image.product_id}, {image}, in space {space.pk}"
