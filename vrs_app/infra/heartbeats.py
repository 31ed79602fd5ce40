"""Heartbeats: when each part of the pipeline last ran, and what stopped it.

Times are the database's, whose clock is one for all machines. Staff read them in the admin, and
`vrs_status` reports them. Periodic parts also use their row as a lock: `take_turn` starts a turn
in one process, `end_turn` or `beat` ends it.
"""

import datetime
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Now

from ..models import Heartbeat
from .redaction import masked

Part = Heartbeat.Part

SWEEPS_MISSED = 3
"""Sweeps in a row that may be missing before beat counts as stopped. One may just be late."""

TURN_LOST = "The last turn was cut short: its worker was killed or got stuck."

FUTURE = datetime.timedelta(minutes=1)
"""How far in the future a time may be before it counts as written by a wrong clock."""

RETRY_AFTER = datetime.timedelta(minutes=10)
"""Age at which a failed turn is retried, and a turn without a sign of life counts as lost."""


def beat(part: Part, problem: str = "") -> None:
    """Record that `part` ran now, and the `problem` that stopped it, if any. Ends its turn."""
    changes = {"beaten_at": Now(), "begun_at": None, "problem": masked(problem)}
    if not Heartbeat.objects.filter(part=part).update(**changes):
        Heartbeat.objects.bulk_create(
            [Heartbeat(part=part, **changes)],
            update_conflicts=True,
            unique_fields=["part"],
            update_fields=[*changes],
        )


def take_turn(part: Part, every: datetime.timedelta) -> bool:
    """Distributed interval lock: true for one process when `every` has passed.

    The turn ends by `beat` or `end_turn`. A turn that failed is due again after RETRY_AFTER.
    So is one that was lost, as with a killed worker; its `problem` says so until the next
    turn has ended. A time from the future counts as long past.
    """
    begun = {"beaten_at": Now(), "begun_at": Now()}
    _, is_first = Heartbeat.objects.get_or_create(part=part, defaults=begun)
    failed = ~Q(problem="") & Q(beaten_at__lt=Now() - RETRY_AFTER)
    is_over = failed | Q(beaten_at__lt=Now() - every) | _is_from_future("beaten_at")
    is_lost = Q(begun_at__lt=Now() - RETRY_AFTER) | _is_from_future("begun_at")
    of_part = Heartbeat.objects.filter(part=part)
    cut_short = of_part.filter(is_lost).update(begun_at=Now(), problem=TURN_LOST)
    is_due = is_over & Q(begun_at=None)
    return is_first or bool(cut_short or of_part.filter(is_due).update(begun_at=Now(), problem=""))


def _is_from_future(field: str) -> Q:
    """Whether the time is one that no part can have written by the database's clock."""
    return Q(**{f"{field}__gt": Now() + FUTURE})


def renew_turn(part: Part, problem: str = "") -> None:
    """Sign of life of a turn that goes on. A `problem` is kept until the next turn."""
    _update(part, {"begun_at": Now()}, problem)


def end_turn(part: Part, problem: str = "") -> None:
    """End a turn of several tasks, keeping a `problem` that any of them recorded."""
    _update(part, {"begun_at": None, "beaten_at": Now()}, problem)


def _update(part: Part, changes: dict[str, Any], problem: str) -> None:
    reported = {"problem": masked(problem)} if problem else {}
    Heartbeat.objects.filter(part=part).update(**changes, **reported)


def age(part: Part) -> datetime.timedelta | None:
    """How long ago `part` ran, by the database's clock; negative if its time is in the future.

    None if it never ran.
    """
    found = Heartbeat.objects.filter(part=part).annotate(
        age=ExpressionWrapper(Now() - F("beaten_at"), output_field=DurationField())
    )
    return found.values_list("age", flat=True).first()


def last(part: Part) -> Heartbeat | None:
    """The heartbeat of `part`; None if it never ran."""
    return Heartbeat.objects.filter(part=part).first()
