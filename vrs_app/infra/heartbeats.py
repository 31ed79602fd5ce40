"""When each part of the pipeline was last at work, for people and `vrs_status` to read."""

import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ..models import Heartbeat
from .redaction import masked

Part = Heartbeat.Part

SWEEPS_MISSED = 3
"""Each sweep wakes the worker. One late sweep is a busy machine; so many are no beat."""

CUT_SHORT = "The last turn was cut short: its worker was killed or got stuck."

AGAIN = datetime.timedelta(minutes=10)
"""When a turn that failed is due again, and one of which nothing was heard is given up."""


def beat(part: Part, problem: str = "") -> None:
    """Note that `part` is at work, or what keeps it from working."""
    Heartbeat.objects.update_or_create(
        part=part,
        defaults={"beaten_at": timezone.now(), "begun_at": None, "problem": masked(problem)},
    )


def take_turn(part: Part, every: datetime.timedelta) -> bool:
    """Whether `part` is due; if so its turn is taken, by one process only.

    A turn ends by `beat` or `end_turn`. One that failed is due again sooner; so is one that
    was cut short, as by a killed worker, which is told of until the next has ended.
    """
    now = timezone.now()
    begun = {"beaten_at": now, "begun_at": now}
    _, is_first = Heartbeat.objects.get_or_create(part=part, defaults=begun)
    failed = ~Q(problem="") & Q(beaten_at__lt=now - AGAIN)
    is_due = Q(begun_at=None) & (failed | Q(beaten_at__lt=now - every))
    of_part = Heartbeat.objects.filter(part=part)
    cut_short = of_part.filter(begun_at__lt=now - AGAIN).update(begun_at=now, problem=CUT_SHORT)
    return is_first or bool(cut_short or of_part.filter(is_due).update(begun_at=now, problem=""))


def go_on(part: Part, problem: str = "") -> None:
    """Say that a turn goes on; a problem is kept until the next turn."""
    _note(part, {"begun_at": timezone.now()}, problem)


def end_turn(part: Part, problem: str = "") -> None:
    """End a turn of several tasks; a problem of any of them is kept."""
    _note(part, {"begun_at": None, "beaten_at": timezone.now()}, problem)


def _note(part: Part, changes: dict[str, Any], problem: str) -> None:
    told = {"problem": masked(problem)} if problem else {}
    Heartbeat.objects.filter(part=part).update(**changes, **told)


def last(part: Part) -> Heartbeat | None:
    return Heartbeat.objects.filter(part=part).first()
