"""When each part of the pipeline was last at work, for people and `vrs_status` to read."""

import datetime

from django.db.models import Q
from django.utils import timezone

from .models import Heartbeat

Part = Heartbeat.Part


def beat(part: Part, problem: str = "") -> None:
    """Note that `part` is at work, or what keeps it from working."""
    Heartbeat.objects.update_or_create(
        part=part, defaults={"beaten_at": timezone.now(), "problem": problem}
    )


def take_turn(part: Part, every: datetime.timedelta) -> bool:
    """Whether `part` is due, or failed last time; if so its turn is taken, by one process only."""
    now = timezone.now()
    _, is_first = Heartbeat.objects.get_or_create(part=part, defaults={"beaten_at": now})
    due = Heartbeat.objects.filter(~Q(problem="") | Q(beaten_at__lt=now - every), part=part)
    return is_first or bool(due.update(beaten_at=now, problem=""))


def last(part: Part) -> Heartbeat | None:
    return Heartbeat.objects.filter(part=part).first()
