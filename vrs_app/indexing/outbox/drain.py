"""Drain the outbox: compare the products that may have changed with their rows.

Needs no embedder and no weights: a new title is searchable while pictures wait.
"""

import math
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils.translation import override

from ...conf import conf
from ...infra import heartbeats, locks
from ...infra.db import close_broken_connection, is_database_unavailable
from ...infra.heartbeats import Part
from ...infra.log import EventLog
from ...infra.redaction import describe_error
from ...models import Change
from .. import catalogue_batches, compare
from ..catalogue_batches import Changes, Errors, reason
from . import claims, expand

log = EventLog(__name__)


DRAIN_SECONDS = 20
"""Seconds that a task drains before it embeds, so that pictures are not held up for long."""


@dataclass(frozen=True, kw_only=True)
class Drained:
    """The result of draining: rows of the outbox, and what changed.

    `failed` rows are retried later. `more_wait` if another claim would find rows. `is_busy` if
    another transaction held rows of a product: it is to be retried after `claims.BUSY_RETRY`.
    """

    rows: int = 0
    failed: int = 0
    changes: Changes = field(default_factory=Changes)
    more_wait: bool = False
    is_busy: bool = False

    def __add__(self, other: "Drained") -> "Drained":
        return Drained(
            rows=self.rows + other.rows,
            failed=self.failed + other.failed,
            changes=self.changes + other.changes,
            more_wait=other.more_wait,
            is_busy=self.is_busy or other.is_busy,
        )


def drain(seconds: float = math.inf) -> Drained:
    """Drain one batch after the other for about `seconds`, and record the heartbeat.

    Raises database errors and SoftTimeLimitExceeded; the claims are released. What the shop's
    code raises is kept with the rows, which are retried later.
    """
    began = time.monotonic()
    done = Drained()
    while (done.more_wait or not done.rows) and (claimed := claims.claim()):
        done += _drain_batch(claimed)
        if time.monotonic() - began > seconds:
            break
    else:
        done = replace(done, more_wait=False)
    heartbeats.beat(Part.OUTBOX)
    if done.rows:
        _log(done, time.monotonic() - began)
    return done


def drain_or_log(seconds: float) -> Drained:
    """`drain`; an error is logged and recorded in the heartbeat, so that pictures are embedded."""
    try:
        return drain(seconds)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        log.error("outbox_not_drained", error=error, stack=error)
        if not is_database_unavailable(error):
            heartbeats.beat(Part.OUTBOX, problem=describe_error(error))
        return Drained()


def _log(done: Drained, seconds: float) -> None:
    log.info(
        "outbox_drained",
        rows=done.rows,
        failed=done.failed,
        pictures=done.changes.pictures,
        words=done.changes.words,
        seconds=seconds,
    )


def _drain_batch(claimed: Sequence[Change]) -> Drained:
    """Compare the claimed rows' products, and delete the rows in the same transaction.

    Then it looks for more: what was saved meanwhile of these products is left to this worker,
    and the worker that took the message of that save has passed it by.
    """
    with _released_on_error(claimed):
        with override(settings.LANGUAGE_CODE):
            not_expanded = expand.append_others(claimed)
        products = expand.product_keys(claimed)
        errors: Errors = {}
        changes = catalogue_batches.sync_batch(
            partial(_sync_and_delete, products, not_expanded), list(products), errors
        )
        compared = {change for rows in products.values() for change in rows}
        claims.delete({*claimed} - compared - not_expanded.keys())
        of_products = {change: error for key, error in errors.items() for change in products[key]}
        is_busy, failed = _release_failed(not_expanded | of_products)
    return Drained(
        rows=len(claimed),
        failed=failed,
        changes=changes,
        more_wait=claims.exist(),
        is_busy=is_busy,
    )


def _sync_and_delete(
    products: Mapping[Any, Sequence[Change]],
    kept: Collection[Change],
    keys: Sequence[Any],
    errors: Errors,
    timeout: str,
) -> Changes:
    """Sync these products and delete their rows of the outbox, but for those `kept`."""
    with locks.lock_timeout(timeout):
        changes = compare.sync_locked(keys, errors)
        drained = (change for key in keys if key not in errors for change in products[key])
        claims.delete([change for change in drained if change not in kept])
    return changes


def _release_failed(errors: Mapping[Change, Exception]) -> tuple[bool, int]:
    """Release these rows; whether a transaction holds any, and how many others are at fault."""
    busy = [change for change, error in errors.items() if locks.is_lock_timeout(error)]
    faults = {change: error for change, error in errors.items() if change not in busy}
    if busy:
        claims.release(busy, after=claims.BUSY_RETRY)
    if faults:
        claims.retry_later({change: reason(error) for change, error in faults.items()})
        first, error = next(iter(faults.items()))
        log.error(
            "changes_not_compared",
            rows=len(faults),
            product=first.product or None,
            model=first.model or None,
            key=first.key or None,
            error=error,
            stack=error,
        )
    return bool(busy), len(faults)


@contextmanager
def _released_on_error(claimed: Sequence[Change]) -> Iterator[None]:
    """Release the claims if the block raises or the process is shut down.

    A deployment or a lost database costs no attempt. After a time limit any of the products
    may be at fault.
    """
    began = time.monotonic()
    try:
        yield
    except Exception as error:
        log.error("drain_stopped", rows=len(claimed), error=error)
        if is_database_unavailable(error):
            close_broken_connection()
            claims.release(claimed)
        else:
            claims.release_as_suspects(claimed)
        raise
    except BaseException:
        if time.monotonic() - began < conf.BATCH_TIME_LIMIT:
            claims.release(claimed)
        else:
            claims.release_as_suspects(claimed)
        raise
