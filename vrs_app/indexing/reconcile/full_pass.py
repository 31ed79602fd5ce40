"""The whole reconciling: the catalogue, the leases, the files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import DatabaseError

from ...catalogue import catalogue
from ...infra import heartbeats
from ...infra.heartbeats import Part
from ...infra.redaction import described
from .. import image_rows, text_rows
from ..catalogue_batches import MOST_FAULTS, Compared
from . import file_scan, known_files, stale_rows
from .report import Findings, Step, Watch


def reconcile(
    *, find_only: bool = False, with_files: bool = True, watch: Watch | None = None
) -> Findings:
    """Find what no signal told of, in every product, and mend it unless `find_only`.

    `with_files` reads every picture's file in the storage. What was mended waits for a
    worker, and whoever calls this rings for one. Raises django.db.DatabaseError.
    """
    found = compare(find_only=find_only, watch=watch)
    found = replace(
        found,
        leases_expired=stale_rows.hand_leases_on(find_only=find_only),
        vectors=stale_rows.make_again(find_only=find_only),
    )
    if not with_files:
        return found
    walk = file_scan.walk(
        known_files.known_images(), find_only=find_only, watch=_of_step(watch, Step.FILES)
    )
    if not find_only:
        heartbeats.beat(Part.FILES, problem=" ".join(walk.problems))
    return replace(
        found,
        files_read=walk.read,
        files_gone=walk.gone,
        files_changed=walk.changed,
        problems=(*found.problems, *walk.problems),
    )


def total(step: Step) -> int:
    """How much there is to do of a step: products, or files."""
    if step is Step.FILES:
        return known_files.known_images().count()
    count: int = catalogue().model._base_manager.count()
    return count


def compare(*, find_only: bool = False, watch: Watch | None = None) -> Findings:
    """Compare every product with the rows of its pictures, then with its words.

    Words come second: they tell the colours of a product's first picture. Where the database
    refuses them, as for want of a text search configuration, the pictures are compared still.
    """
    pictures = image_rows.sync_everything(
        find_only=find_only, watch=_of_step(watch, Step.PICTURES)
    )
    refused: tuple[str, ...] = ()
    try:
        words = text_rows.sync_everything(find_only=find_only, watch=_of_step(watch, Step.WORDS))
    except DatabaseError as error:
        words, refused = Compared(), (f"Words could not be compared: {described(error)}",)
    given_up = () if pictures.is_whole and words.is_whole else (_given_up(),)
    found = Findings(
        pictures=pictures.changes,
        words=words.changes,
        faults=_lines({**words.faults, **pictures.faults}),
        problems=(*given_up, *refused),
    )
    if not find_only:
        heartbeats.beat(Part.RECONCILE, problem=found.trouble)
    return found


def _given_up() -> str:
    return (
        f"The comparison was given up after {MOST_FAULTS} products that could not be compared. "
        "The products after them were not looked at."
    )


def _lines(faults: Mapping[Any, str]) -> tuple[str, ...]:
    return tuple(f"Product {key}: {why}" for key, why in faults.items())


def _of_step(watch: Watch | None, step: Step) -> Callable[[int], None] | None:
    """Also tells that the step begins."""
    if watch:
        watch(step, 0)
    return partial(watch, step) if watch else None
