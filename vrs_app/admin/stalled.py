"""Why pictures wait longer than they should, in sentences for staff."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import DateTimeField, QuerySet, Subquery, TextField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..conf import conf
from ..infra import heartbeats
from ..infra.heartbeats import SWEEPS_MISSED, Part
from ..models import Heartbeat


class Hindrance(NamedTuple):
    """Why pictures wait, and what to do about it; `detail` is for a technician."""

    why: str | Promise
    way_out: str | Promise
    detail: str = ""


def with_hindrance(pictures: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate each picture with the worker's heartbeat, in the same query."""
    heartbeat = Heartbeat.objects.filter(part=Part.WORKER)
    annotated: QuerySet[Any] = pictures.annotate(
        worker_problem=Subquery(heartbeat.values("problem"), output_field=TextField()),
        worker_beaten_at=Subquery(heartbeat.values("beaten_at"), output_field=DateTimeField()),
    )
    return annotated


def hindrance_of(image: Any) -> Hindrance | None:
    """Why a waiting picture, from `with_hindrance`, waits; None if a worker is running."""
    return _hindrance(image.worker_problem or "", image.worker_beaten_at)


def current_hindrance() -> Hindrance | None:
    """Why all pictures wait now; None if a worker is running."""
    worker = heartbeats.last(Part.WORKER)
    return _hindrance(worker.problem, worker.beaten_at) if worker else _hindrance("", None)


def _hindrance(problem: str, beaten_at: datetime | None) -> Hindrance | None:
    if problem:
        return Hindrance(
            _("A fault on the server has to be fixed first."),
            _("Nothing is lost; it goes on by itself then. Show the details to a technician."),
            problem,
        )
    silence = timedelta(seconds=conf.BATCH_TIME_LIMIT + SWEEPS_MISSED * conf.SWEEP_SECONDS)
    now = timezone.now()
    if beaten_at and now - silence < beaten_at < now + silence:
        return None
    return Hindrance(
        _("The program that reads pictures seems not to be running."),
        _("Nothing is lost. Ask a technician to start it."),
        _detail_of_silence(beaten_at),
    )


def _detail_of_silence(beaten_at: datetime | None) -> str:
    last = f"last at work {beaten_at:%Y-%m-%d %H:%M %Z}".strip() if beaten_at else "never at work"
    return f"Celery worker of the queue “{conf.QUEUE}”: {last}. See: manage.py vrs_status"
