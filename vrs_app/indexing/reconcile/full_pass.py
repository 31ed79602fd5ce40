"""The whole reconcile: the catalogue's rows, leases, vectors and files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ...catalogue import catalogue
from ...infra import heartbeats
from ...infra.heartbeats import Part
from ...infra.text_search import text_language
from .. import compare as compare_rows
from ..catalogue_batches import MAX_FAULTS
from ..outbox.drain import DRAIN_SECONDS, drain_or_log
from . import file_scan, known_files, stale_rows
from .report import Findings, Step, StepProgress


def reconcile(
    *, find_only: bool = False, with_files: bool = True, progress: StepProgress | None = None
) -> Findings:
    """Compare all products, leases and vectors with our rows, and repair unless `find_only`.

    `with_files` also reads every picture's file in the storage. Repaired pictures wait for a
    worker; the caller enqueues a batch. Raises django.db.DatabaseError.
    """
    found = compare(find_only=find_only, progress=progress)
    found = replace(
        found,
        leases_expired=stale_rows.end_expired_leases(find_only=find_only),
        vectors=stale_rows.requeue_stale_vectors(find_only=find_only),
    )
    if not with_files:
        return found
    scanned = file_scan.scan(
        known_files.known_images(), find_only=find_only, progress=_within(progress, Step.FILES)
    )
    if not find_only:
        heartbeats.beat(Part.FILES, problem=" ".join(scanned.problems))
        drain_or_log(DRAIN_SECONDS)  # the words of the files that have changed
    return replace(
        found,
        files_read=scanned.read,
        files_gone=scanned.gone,
        files_changed=scanned.changed,
        problems=(*found.problems, *scanned.problems),
    )


def total(step: Step) -> int:
    """The number of products or files that a step compares."""
    if step is Step.FILES:
        return known_files.known_images().count()
    count: int = catalogue().model._base_manager.count()
    return count


def compare(*, find_only: bool = False, progress: StepProgress | None = None) -> Findings:
    """Sync every product's image rows and text row, unless `find_only`.

    What keeps all words from being compared is reported in `problems`.
    """
    found = compare_rows.sync_catalogue(
        find_only=find_only, progress=_within(progress, Step.PRODUCTS)
    )
    refused = () if compare_rows.can_compare_words() else (_no_configuration(),)
    given_up = () if found.is_complete else (_gave_up(),)
    findings = Findings(
        pictures=found.changes.pictures,
        words=found.changes.words,
        faults=_lines(found.faults),
        problems=(*given_up, *refused),
    )
    if not find_only:
        heartbeats.beat(Part.RECONCILE, problem=findings.trouble)
    return findings


def _no_configuration() -> str:
    return (
        "Words could not be compared: PostgreSQL has no text search configuration "
        f'"{text_language()}". Name another in VRS["TEXT_LANGUAGE"], or create it.'
    )


def _gave_up() -> str:
    return (
        f"The comparison was given up after {MAX_FAULTS} products that could not be compared. "
        "The products after them were not looked at."
    )


def _lines(faults: Mapping[Any, str]) -> tuple[str, ...]:
    return tuple(f"Product {key}: {why}" for key, why in faults.items())


def _within(progress: StepProgress | None, step: Step) -> Callable[[int], None] | None:
    """Progress within one step. Reports the start of the step at once."""
    if progress:
        progress(step, 0)
    return partial(progress, step) if progress else None
