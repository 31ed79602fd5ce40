"""The worker: claim, load, embed and store one batch of pictures."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from celery.exceptions import SoftTimeLimitExceeded

from .. import embedders, spaces
from ..conf import conf
from ..embedders import Embedder
from ..exceptions import EmbedderUnavailable, SpaceUnavailable, StorageHangs
from ..infra import heartbeats
from ..infra.db import close_broken_connection, is_database_unavailable
from ..infra.heartbeats import Part
from ..infra.log import EventLog
from ..infra.redaction import describe_error, masked
from ..models import EmbeddingSpace
from ..spaces import pending
from . import claims, storing
from .claims import Claim
from .results import (
    READING_SHARE,
    embed_pictures,
    load_pictures,
    notify,
    second_look_problem,
)

log = EventLog(__name__)

SpacesToFill = list[tuple[EmbeddingSpace, Embedder]]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """The result of one batch: counts of pictures, and what stopped it.

    `unavailable` pictures wait, since the storage does not give their files. `more_wait` if
    another batch would find pictures. `problem` is empty if there is none.
    """

    ready: int = 0
    failed: int = 0
    unavailable: int = 0
    more_wait: bool = False
    problem: str = ""


def embed_batch() -> Batch:
    """Embed one batch of the first space in which pictures wait, and record the heartbeat.

    A missing embedder or storage is reported as `problem` and costs no attempt. Other errors
    are recorded and re-raised; their claims are released.
    """
    began = time.monotonic()
    try:
        targets, problem = _spaces_to_fill()
        batch = _embed_first_waiting(targets, began)
    except StorageHangs as error:
        heartbeats.beat(Part.WORKER, problem=str(error))
        raise
    except SoftTimeLimitExceeded:
        heartbeats.beat(Part.WORKER, problem=_out_of_time())
        raise
    except Exception as error:
        heartbeats.beat(Part.WORKER, problem=describe_error(error))
        raise
    problem = problem or batch.problem or _storage_problem(targets)
    batch = replace(batch, problem=masked(problem))
    if batch.problem:
        log.error("pictures_wait", problem=batch.problem)
    heartbeats.beat(Part.WORKER, problem=batch.problem)
    return batch


def _out_of_time() -> str:
    return (
        f"A batch was not done within {conf.BATCH_TIME_LIMIT} seconds. "
        "Its pictures are tried one by one now."
    )


def _storage_problem(targets: SpacesToFill) -> str:
    """Why pictures wait that an earlier batch found wrong in the storage; empty if none do."""
    for space, _ in targets:
        if (row := pending.known_to_hang(space).select_related("image").first()) is not None:
            return str(StorageHangs(row.image.name))
        doubted = pending.doubted(space)
        if (row := doubted.select_related("image").first()) is not None:
            return second_look_problem(doubted.count(), row.image.name)
    return ""


def _spaces_to_fill() -> tuple[SpacesToFill, str]:
    """The spaces with their embedders, and why the settings' embedder is unavailable, if it is.

    In that case the active space is still filled, if another embedder made it.
    """
    try:
        return spaces.targets(conf.EMBEDDER, embedders.configured()), ""
    except (EmbedderUnavailable, SpaceUnavailable) as error:
        return spaces.fallback_targets(), str(error)


def _embed_first_waiting(targets: SpacesToFill, began: float) -> Batch:
    """One batch of the first space with a stored outcome; none if no file can be read."""
    batch = Batch()
    for space, embedder in targets:
        if claimed := claims.claim_batch(space):
            batch = _embed(claimed, space, embedder, began)
        # If no outcome could be stored, the transaction that holds the rows enqueues on commit.
        if batch.ready + batch.failed:
            return replace(batch, more_wait=any(pending.exist(each) for each, _ in targets))
    return batch


def _embed(
    claimed: Sequence[Claim], space: EmbeddingSpace, embedder: Embedder, began: float
) -> Batch:
    """Load, embed and store the claimed pictures; release those without a stored outcome."""
    with _released_on_error(claimed, space, began):
        left = began + conf.BATCH_TIME_LIMIT * READING_SHARE - time.monotonic()
        loaded = load_pictures(claimed, embedder.picture_size, left)
        outcomes = embed_pictures(loaded, embedder)
        finished = storing.finish(outcomes)
    failed = notify(finished, outcomes, loaded.seconds, space)
    claims.requeue_last(loaded.unavailable)
    claims.requeue_for_second_look(loaded.doubted)
    claims.release([*(claim for claim in outcomes if claim not in finished), *loaded.unread])
    batch = Batch(
        ready=len(finished) - failed,
        failed=failed,
        unavailable=loaded.waiting,
        problem=loaded.problem,
    )
    log.info(
        "batch_done",
        space=space.pk,
        ready=batch.ready,
        failed=batch.failed,
        released=len(claimed) - len(finished),
        seconds=time.monotonic() - began,
    )
    return batch


def _release_after(error: Exception, claimed: Sequence[Claim]) -> None:
    """Release the claims: uncounted if database or storage are at fault, else all as suspects.

    The error is not stored for a time or memory limit: then the picture's size is the reason.
    """
    if is_database_unavailable(error):
        close_broken_connection()
        claims.release(claimed)
    elif isinstance(error, StorageHangs):
        _wait_for_storage(error, claimed)
    else:
        is_size = isinstance(error, SoftTimeLimitExceeded | MemoryError)
        claims.release_as_suspect(claimed, why="" if is_size else describe_error(error))


def _wait_for_storage(error: StorageHangs, claimed: Sequence[Claim]) -> None:
    """Let all pictures wait; the one whose file hangs is read again rarely."""
    hung = next((claim for claim in claimed if claim.name == error.name), None)
    if hung is not None:
        claims.release_as_hung(hung, why=str(error))
    claims.requeue_last(claim for claim in claimed if claim is not hung)


@contextmanager
def _released_on_error(
    claimed: Sequence[Claim], space: EmbeddingSpace, began: float
) -> Iterator[None]:
    """Release the claims if the block raises or the process is shut down."""
    try:
        yield
    except Exception as error:
        log.error("batch_stopped", space=space.pk, pictures=len(claimed), error=error)
        _release_after(error, claimed)
        raise
    except BaseException:
        seconds = time.monotonic() - began
        claims.release_on_shutdown(claimed, after=seconds)
        log.info("batch_cut_short", space=space.pk, pictures=len(claimed), seconds=seconds)
        raise
