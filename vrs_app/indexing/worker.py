"""Claim, load, embed, store: one batch of pictures at a time."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from celery.exceptions import SoftTimeLimitExceeded

from .. import embedders, spaces
from ..conf import conf
from ..embedders import Embedder
from ..exceptions import EmbedderUnavailable, SpaceUnavailable
from ..infra import heartbeats
from ..infra.db import is_away, open_anew
from ..infra.heartbeats import Part
from ..infra.log import EventLog
from ..infra.redaction import described, masked
from ..models import EmbeddingSpace
from ..spaces import pending
from . import claims as indexing_claims
from . import colour_text
from .claims import Claim
from .results import announce, outcomes_of, read

log = EventLog(__name__)

Filled = list[tuple[EmbeddingSpace, Embedder]]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one batch came to; `withheld` pictures wait for their files."""

    ready: int = 0
    failed: int = 0
    withheld: int = 0
    more_wait: bool = False
    problem: str = ""


def embed_batch() -> Batch:
    """Embed one batch of the first space in which pictures wait.

    What is wrong with the surroundings is noted for people to read and costs no attempt.
    """
    began = time.monotonic()
    try:
        kept, problem = _spaces_to_fill()
        batch = _embed_first_waiting(kept, began)
    except SoftTimeLimitExceeded:
        heartbeats.beat(Part.WORKER, problem=_out_of_time())
        raise
    except Exception as error:
        heartbeats.beat(Part.WORKER, problem=described(error))
        raise
    batch = replace(batch, problem=masked(problem or batch.problem))
    if batch.problem:
        log.error("pictures_wait", problem=batch.problem)
    heartbeats.beat(Part.WORKER, problem=batch.problem)
    return batch


def _out_of_time() -> str:
    return (
        f"A batch was not done within {conf.BATCH_TIME_LIMIT} seconds. "
        "Its pictures are tried one by one now."
    )


def _spaces_to_fill() -> tuple[Filled, str]:
    """The spaces with their embedders, and what keeps the settings' own from being had.

    Then the space that shoppers see goes on being filled, if its embedder is another one.
    """
    try:
        return spaces.kept_up_to_date(conf.EMBEDDER, embedders.configured()), ""
    except (EmbedderUnavailable, SpaceUnavailable) as error:
        return spaces.filled_meanwhile(), str(error)


def _embed_first_waiting(kept: Filled, began: float) -> Batch:
    """One batch of the first space that gets on; where files are withheld, none may."""
    batch = Batch()
    for space, embedder in kept:
        if claims := indexing_claims.claim(space):
            batch = _embed(claims, space, embedder, began)
        # Where all were let go, who holds them rings when they are free.
        if batch.ready + batch.failed:
            return replace(batch, more_wait=any(pending.exist(each) for each, _ in kept))
    return batch


def _embed(
    claims: Sequence[Claim], space: EmbeddingSpace, embedder: Embedder, began: float
) -> Batch:
    """Load, embed and store what was claimed, or say of each claim why not."""
    with _claims_let_go_of(claims, space, began):
        reading = read(claims, embedder.picture_size)
        outcomes = outcomes_of(reading, embedder)
        finished = indexing_claims.finish(outcomes)
    failed = announce(finished, outcomes, reading.seconds, space)
    indexing_claims.put_last(reading.withheld)
    indexing_claims.give_back(claim for claim in outcomes if claim not in finished)
    colour_text.sync_quietly([claim.image_id for claim in finished])
    batch = Batch(
        ready=len(finished) - failed,
        failed=failed,
        withheld=len(reading.withheld),
        problem=str(next(iter(reading.withheld.values()), "")),
    )
    log.info(
        "batch_done",
        space=space.pk,
        ready=batch.ready,
        failed=batch.failed,
        let_go=len(claims) - len(finished),
        seconds=time.monotonic() - began,
    )
    return batch


def _let_go_after(error: Exception, claims: Sequence[Claim]) -> None:
    """A database that went away is no picture's fault; of all else any of them may be why."""
    if is_away(error):
        open_anew()
        indexing_claims.give_back(claims)
    else:
        is_size = isinstance(error, SoftTimeLimitExceeded | MemoryError)
        indexing_claims.leave_suspect(claims, why="" if is_size else described(error))


@contextmanager
def _claims_let_go_of(
    claims: Sequence[Claim], space: EmbeddingSpace, began: float
) -> Iterator[None]:
    """Leave no claim in this worker's hands when the work on them is cut short."""
    try:
        yield
    except Exception as error:
        log.error("batch_stopped", space=space.pk, pictures=len(claims), error=error)
        _let_go_after(error, claims)
        raise
    except BaseException:
        seconds = time.monotonic() - began
        indexing_claims.let_go_when_stopped(claims, after=seconds)
        log.info("batch_cut_short", space=space.pk, pictures=len(claims), seconds=seconds)
        raise
