"""The state of the outbox for people: what waits, what could not be compared, an old worker.

All ages are by the database's clock.
"""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.db.models.functions import Now

from ...conf import conf
from ...infra.db import database
from ...infra.heartbeats import FUTURE, Part
from ...models import Change, Heartbeat
from . import claims

FAILURES = 5
"""Products that could not be compared, and that the state names; the first ones."""

FAILED_READ = 100
"""Failed rows that are read for them: a product has a row for each of its saves."""

OLD_WORKER_MARGIN = 60
"""Seconds that a worker may take from draining to embedding, beside BATCH_TIME_LIMIT."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What could not be compared: a product, or a saved row whose products are not known.

    `retried_in` is in seconds, None if it was given up, since too many workers were lost at it.
    """

    product: str
    model: str
    key: str
    error: str
    retried_in: int | None

    @property
    def name(self) -> str:
        return f"product {self.product}" if self.product else f"{self.model} {self.key}"


@dataclass(frozen=True, kw_only=True)
class OutboxState:
    """How many rows there are, the age of the oldest, and what is wrong with them.

    `due_seconds` is the age of the oldest that a worker could claim now and that never failed.
    `failed` counts rows, `failures` has the first few by product. `problem` is what stopped the
    last draining, `seconds_ago` the age of its heartbeat; negative for one from the future.
    """

    rows: int = 0
    oldest_seconds: int | None = None
    due_seconds: int | None = None
    failed: int = 0
    failures: list[Failure] = field(default_factory=list)
    worker_is_old: bool = False
    problem: str = ""
    seconds_ago: int | None = None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A product's changes that wait: the age of the oldest, and why they could not be compared.

    `retried_in` is in seconds, None if nothing failed or the product was given up.
    """

    seconds: int
    error: str = ""
    retried_in: int | None = None
    is_given_up: bool = False

    @property
    def has_failed(self) -> bool:
        return bool(self.error) or self.is_given_up


def read() -> OutboxState:
    """The state, in two queries while the outbox is empty, four at most."""
    counted = Change.objects.using(database()).aggregate(
        rows=Count("pk"),
        age=Now() - Min("noted_at"),
        failed=Count("pk", filter=claims.is_failed()),
    )
    beats = _beats()
    outbox = beats.get(Part.OUTBOX)
    return OutboxState(
        rows=counted["rows"],
        oldest_seconds=_seconds(counted["age"]),
        due_seconds=_due_seconds() if counted["rows"] > counted["failed"] else None,
        failed=counted["failed"],
        failures=_failures() if counted["failed"] else [],
        worker_is_old=_is_old(beats),
        problem=outbox.problem if outbox else "",
        seconds_ago=round(outbox.age.total_seconds()) if outbox else None,
    )


def worker_is_old() -> bool:
    """Whether the worker that last embedded is of a version that does not drain the outbox."""
    return _is_old(_beats())


def of_products(keys: Collection[Any]) -> dict[str, Waiting]:
    """What waits of these products, by their keys as text, in one query."""
    rows = Change.objects.using(database()).filter(product__in={str(key) for key in keys})
    is_given_up = claims.is_failed() & Q(token__isnull=False)
    found = rows.values("product").annotate(
        age=Now() - Min("noted_at"),
        why=Max("error"),
        retry=Min("not_before", filter=~Q(error="") & ~is_given_up) - Now(),
        given_up=Count("pk", filter=is_given_up),
    )
    return {
        row["product"]: Waiting(
            seconds=_seconds(row["age"]) or 0,
            error=row["why"],
            retried_in=_seconds(row["retry"]),
            is_given_up=bool(row["given_up"]),
        )
        for row in found.order_by()
    }


def _due_seconds() -> int | None:
    oldest = claims.due().annotate(age=Now() - F("noted_at")).order_by("pk")
    return _seconds(oldest.values_list("age", flat=True).first())


def _failures() -> list[Failure]:
    rows = claims.failed().annotate(retry=F("not_before") - Now()).order_by("pk")
    found: dict[tuple[str, ...], Failure] = {}
    for row in rows[:FAILED_READ]:
        names = (row.product,) if row.product else (row.model, row.key)
        failure = Failure(
            product=row.product,
            model=row.model,
            key=row.key,
            error=row.error,
            retried_in=None if row.token else _seconds(row.retry) or 0,
        )
        found.setdefault(names, failure)
    return list(found.values())[:FAILURES]


def _beats() -> dict[str, Any]:
    """The heartbeats of embedding and of draining by their parts, each with its `age`."""
    rows = Heartbeat.objects.using(database()).filter(part__in=[Part.WORKER, Part.OUTBOX])
    return {row.part: row for row in rows.annotate(age=Now() - F("beaten_at"))}


def _is_old(beats: Mapping[str, Any]) -> bool:
    """Whether it embedded long after the last draining: a new one drains in each task.

    A heartbeat from the future tells nothing: its clock was wrong.
    """
    worker, outbox = beats.get(Part.WORKER), beats.get(Part.OUTBOX)
    if worker is None or worker.age < -FUTURE:
        return False
    if outbox is None:
        return True
    longest = datetime.timedelta(seconds=conf.BATCH_TIME_LIMIT + OLD_WORKER_MARGIN)
    return bool(worker.beaten_at - outbox.beaten_at > longest)


def _seconds(age: datetime.timedelta | None) -> int | None:
    """Whole seconds; 0 for a time that is still to come, or past already."""
    return None if age is None else max(0, round(age.total_seconds()))
