"""When each part of the pipeline was last at work, for people and `vrs_status` to read."""

import datetime

from django.utils import timezone

from .models import Heartbeat

Part = Heartbeat.Part


def beat(part: Part, problem: str = "") -> None:
    """Note that `part` is at work, or what keeps it from working."""
    Heartbeat.objects.update_or_create(
        part=part, defaults={"beaten_at": timezone.now(), "problem": problem}
    )


def last(part: Part) -> Heartbeat | None:
    return Heartbeat.objects.filter(part=part).first()


def age(part: Part) -> datetime.timedelta | None:
    """Time since `part` was last at work; None if it never was."""
    heartbeat = last(part)
    return timezone.now() - heartbeat.beaten_at if heartbeat else None
