"""Claim, load, embed, store: one batch of pictures at a time."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded

from . import (
    colours,
    embedders,
    heartbeats,
    images,
    leases,
    recolouring,
    rows,
    spaces,
    texts,
    waiting,
)
from .conf import conf
from .embedders import Embedder, has_direction
from .exceptions import (
    EmbedderUnavailable,
    PictureError,
    PictureWithoutContent,
    StorageUnavailable,
)
from .files import read
from .heartbeats import Part
from .images import LoadedPicture
from .leases import Claim, Embedded, Outcome
from .models import EmbeddingSpace

logger = logging.getLogger(__name__)

Filled = list[tuple[EmbeddingSpace, Embedder]]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one batch came to."""

    ready: int = 0
    failed: int = 0
    more_wait: bool = False
    problem: str = ""


def embed_batch() -> Batch:
    """Embed one batch of the first space in which pictures wait.

    What is wrong with the surroundings is noted for people to read and costs no attempt.
    """
    try:
        kept, problem = _spaces_to_fill()
        batch = _embed_first_waiting(kept)
    except Exception as error:
        heartbeats.beat(Part.WORKER, problem=repr(error))
        raise
    batch = replace(batch, problem=problem or batch.problem)
    if batch.problem:
        logger.error("Pictures wait until this is mended: %s", batch.problem)
    heartbeats.beat(Part.WORKER, problem=batch.problem)
    return batch


def _spaces_to_fill() -> tuple[Filled, str]:
    """The spaces with their embedders, and what keeps the settings' own from being had.

    Then the space that shoppers see goes on being filled, if its embedder is another one.
    """
    try:
        return spaces.kept_up_to_date(conf.EMBEDDER, embedders.configured()), ""
    except EmbedderUnavailable as error:
        return spaces.filled_meanwhile(), str(error)


def sweep() -> None:
    """Show that beat is at work; once a day, compare the whole catalogue with its rows."""
    heartbeats.beat(Part.SWEEP)
    if heartbeats.take_turn(Part.RECONCILE, timedelta(hours=conf.RECONCILE_HOURS)):
        _reconcile(rows.sync_everything)
        _reconcile(texts.sync_everything)


def _reconcile(sync_everything: Callable[[], int]) -> None:
    try:
        sync_everything()
    except Exception as error:  # the shop's Catalogue reads its tables in there
        logger.exception("The catalogue could not be compared with its rows.")
        heartbeats.beat(Part.RECONCILE, problem=repr(error))


def _embed_first_waiting(kept: Filled) -> Batch:
    """One batch of the first space that gets on; where files are withheld, none may."""
    batch = Batch()
    for space, embedder in kept:
        if claims := leases.claim(space):
            batch = _embed(claims, space, embedder)
        # Where all were let go, who holds them rings when they are free.
        if batch.ready + batch.failed:
            return replace(batch, more_wait=any(waiting.exist(each) for each, _ in kept))
    return batch


def _embed(claims: Sequence[Claim], space: EmbeddingSpace, embedder: Embedder) -> Batch:
    """Load, embed and store what was claimed, or say of each claim why not."""
    began = time.monotonic()
    try:
        results, withheld = _load(claims, embedder.picture_size)
        outcomes = _outcomes(results, embedder)
    except Exception:  # a time limit, no memory, a fault in the network: any may be why
        leases.leave_suspect(claims)
        raise
    except BaseException:  # this process is asked to stop, which is no picture's fault
        leases.give_back(claims)
        raise
    finished = leases.finish(outcomes)
    leases.give_back(withheld)
    _note_colours(finished)
    failed = _log_failures(outcomes, finished)
    batch = Batch(
        ready=len(finished) - failed,
        failed=failed,
        problem=str(next(iter(withheld.values()), "")),
    )
    logger.info(
        "embedded space=%s ready=%d failed=%d let_go=%d seconds=%.2f",
        space.pk,
        batch.ready,
        batch.failed,
        len(claims) - len(finished),
        time.monotonic() - began,
    )
    return batch


def _load(
    claims: Sequence[Claim], size: int
) -> tuple[dict[Claim, LoadedPicture | PictureError], dict[Claim, StorageUnavailable]]:
    """Each picture decoded, or why it cannot be; and those that the storage withholds now.

    Whether it is gone or refuses one file, those wait, and hold up no other.
    """
    results: dict[Claim, LoadedPicture | PictureError] = {}
    withheld: dict[Claim, StorageUnavailable] = {}
    for claim in claims:
        try:
            results[claim] = images.load(read(claim.name), size)
        except PictureError as error:
            results[claim] = error
        except StorageUnavailable as error:
            withheld[claim] = error
    return results, withheld


def _outcomes(
    results: Mapping[Claim, LoadedPicture | PictureError], embedder: Embedder
) -> dict[Claim, Outcome]:
    """What became of each claim; a bad picture fails alone."""
    outcomes: dict[Claim, Outcome] = {}
    loaded: dict[Claim, LoadedPicture] = {}
    for claim, result in results.items():
        if isinstance(result, PictureError):
            outcomes[claim] = result
        else:
            loaded[claim] = result
    if loaded:
        vectors = embedder.embed([picture.pixels for picture in loaded.values()])
        for (claim, picture), vector in zip(loaded.items(), vectors, strict=True):
            outcomes[claim] = (
                Embedded(picture=picture, vector=vector, colours=_colours_of(picture))
                if has_direction(vector)
                else PictureWithoutContent()
            )
    return outcomes


def _colours_of(picture: LoadedPicture) -> dict[str, float]:
    """The colours of its garment; none where measuring them fails, which fails nothing else."""
    try:
        return colours.measured(picture.pixels)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("The colours of a picture could not be measured.")
        return {}


def _note_colours(finished: Sequence[Claim]) -> None:
    """Let the colours be found in a search; what fails here the next reconciling mends."""
    try:
        recolouring.sync_pictures([claim.image_id for claim in finished])
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # the shop's Catalogue reads its tables in there
        logger.exception("The colours of embedded pictures were not noted among the words.")


def _log_failures(outcomes: dict[Claim, Outcome], finished: Sequence[Claim]) -> int:
    """One line a bad picture, without a stack trace; how many there were."""
    failures = [
        (claim, outcome)
        for claim in finished
        if isinstance(outcome := outcomes[claim], PictureError)
    ]
    for claim, outcome in failures:
        logger.warning(
            "picture failed image=%d code=%s detail=%s",
            claim.image_id,
            outcome.code,
            outcome.detail,
        )
    return len(failures)
