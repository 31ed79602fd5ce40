"""Heartbeats: when each part of the pipeline last ran, and what stopped it.

Staff read them in the admin, and `vrs_status` reports them. Periodic parts also use their row
as a lock: `take_turn` starts a turn in one process, `end_turn` or `beat` ends it.
"""

import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ..models import Heartbeat
from .redaction import masked

Part = Heartbeat.Part

SWEEPS_MISSED = 3
"""Sweeps in a row that may be missing before beat counts as stopped. One may just be late."""

TURN_LOST = "The last turn was cut short: its worker was killed or got stuck."

RETRY_AFTER = datetime.timedelta(minutes=10)
"""Age at which a failed turn is retried, and a turn without a sign of life counts as lost."""


def beat(part: Part, problem: str = "") -> None:
    """Record that `part` ran now, and the `problem` that stopped it, if any. Ends its turn."""
    changes = {"beaten_at": timezone.now(), "begun_at": None, "problem": masked(problem)}
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
    turn has ended.
    """
    now = timezone.now()
    begun = {"beaten_at": now, "begun_at": now}
    _, is_first = Heartbeat.objects.get_or_create(part=part, defaults=begun)
    failed = ~Q(problem="") & Q(beaten_at__lt=now - RETRY_AFTER)
    is_due = Q(begun_at=None) & (failed | Q(beaten_at__lt=now - every))
    of_part = Heartbeat.objects.filter(part=part)
    cut_short = of_part.filter(begun_at__lt=now - RETRY_AFTER).update(
        begun_at=now, problem=TURN_LOST
    )
    return is_first or bool(cut_short or of_part.filter(is_due).update(begun_at=now, problem=""))


def renew_turn(part: Part, problem: str = "") -> None:
    """Sign of life of a turn that goes on. A `problem` is kept until the next turn."""
    _update(part, {"begun_at": timezone.now()}, problem)


def end_turn(part: Part, problem: str = "") -> None:
    """End a turn of several tasks, keeping a `problem` that any of them recorded."""
    _update(part, {"begun_at": None, "beaten_at": timezone.now()}, problem)


def _update(part: Part, changes: dict[str, Any], problem: str) -> None:
    reported = {"problem": masked(problem)} if problem else {}
    Heartbeat.objects.filter(part=part).update(**changes, **reported)


def last(part: Part) -> Heartbeat | None:
    """The heartbeat of `part`; None if it never ran."""
    return Heartbeat.objects.filter(part=part).first()
