"""Diagnostics: the problems in a status that need a person, each with its remedy."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app
from django.template.defaultfilters import pluralize

from ..conf import conf
from ..indexing.outbox.state import Failure
from ..infra.heartbeats import FUTURE, SWEEPS_MISSED, Part
from ..models import EmbeddingSpace
from .status import Status

OLDEST_PGVECTOR = (0, 8, 4)
"""0.8.2 fixed a buffer overflow, 0.8.3 a corrupted index, 0.8.4 a failing vacuum."""

LEAST_RECALL = 0.9
"""The lowest recall of the index that is no problem.

Status measures it on a few products; `vrs_evaluate` measures the whole catalogue.
"""

MOST_CLOCK_SECONDS = 5
"""By how much this machine's clock may differ from the database's."""

RECONCILES_MISSED = 2
"""Intervals of RECONCILE_HOURS after which reconciling is late; a pass may take long."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that needs a person: `what` is wrong, and the `way_out`."""

    what: str
    way_out: str


def diagnose(status: Status) -> list[Problem]:
    """Every problem of `status`, those that cause others first."""
    return [problem for check in CHECKS for problem in check(status)]


def _pgvector(status: Status) -> Iterator[Problem]:
    version = [int(part) for part in re.findall(r"\d+", status.pgvector or "0")]
    if tuple(version) < OLDEST_PGVECTOR:
        needed = ".".join(map(str, OLDEST_PGVECTOR))
        yield Problem(
            what=f"pgvector is {status.pgvector or 'missing'}; {needed} is the oldest sound one.",
            way_out="Update it on the database server, then run: ALTER EXTENSION vector UPDATE;",
        )
    elif status.iterative_scan_refused:
        yield Problem(
            what=f"Answers under a filter may be short: {status.iterative_scan_refused}.",
            way_out="Let the shop's database role set hnsw.iterative_scan; pgvector 0.8 has it.",
        )


def _catalogue(status: Status) -> Iterator[Problem]:
    if status.catalogue_problem:
        yield Problem(
            what=f"The shop's Catalogue fails: {status.catalogue_problem}",
            way_out=f"Fix {conf.CATALOGUE}; to see where it fails: manage.py vrs_reconcile "
            "--no-files",
        )


def _clocks(status: Status) -> Iterator[Problem]:
    """A clock that differs from the database's, here or where a heartbeat was written."""
    ahead = status.clock["seconds_ahead"]
    if abs(ahead) > MOST_CLOCK_SECONDS:
        yield Problem(
            what=f"The clock of this machine is {abs(ahead):g} seconds "
            f"{'ahead of' if ahead > 0 else 'behind'} that of the database.",
            way_out="Set both by NTP (timedatectl set-ntp true), or find out which is wrong.",
        )
    for part in Part:
        early = timedelta(seconds=-(_seconds_ago(status, part) or 0))
        if early > FUTURE:
            yield Problem(
                what=f'The heartbeat "{part.value}" is from the future, {early} from now: a '
                "machine's clock is or was wrong.",
                way_out="Compare the clocks of the machines that run workers and of the "
                "database's, and set them by NTP. The next heartbeat replaces this one.",
            )


def _seconds_ago(status: Status, part: Part) -> int | None:
    if part is Part.OUTBOX:
        return status.outbox.seconds_ago
    seconds: int | None = getattr(status, part.value)["seconds_ago"]
    return seconds


def _worker(status: Status) -> Iterator[Problem]:
    if status.worker["problem"]:
        yield Problem(
            what=status.worker["problem"],
            way_out="No picture is lost. After a change of settings or an installation, "
            "restart the worker; otherwise the next sweep tries again.",
        )


def _outbox(status: Status) -> Iterator[Problem]:
    outbox = status.outbox
    if outbox.problem:
        yield Problem(
            what=f"Changes are not compared: {outbox.problem}",
            way_out="No change is lost. When it is fixed, the next sweep drains them.",
        )
    late = SWEEPS_MISSED * conf.SWEEP_SECONDS + _seconds_queued(status)
    if outbox.worker_is_old:
        yield Problem(
            what="The worker that last embedded is of an older version: it compares no changes, "
            "so new titles are not found and new pictures are not embedded.",
            way_out="Deploy workers first: restart all of them with the version that is here.",
        )
    elif (outbox.due_seconds or 0) > late:
        yield Problem(
            what=f"Changes have waited for {timedelta(seconds=outbox.due_seconds or 0)} to be "
            "compared.",
            way_out="No worker runs, one of an older version does, or the shop's Catalogue is "
            "slow: the worker's log says in outbox_drained how long each draining took. Compare "
            "them at once: manage.py vrs_embed",
        )
    if outbox.failed:
        yield _not_compared(outbox.failed, outbox.failures)


def _not_compared(count: int, failures: list[Failure]) -> Problem:
    named = " ".join(f"{each.name.capitalize()}: {_failure(each)}." for each in failures)
    return Problem(
        what=f"{count} change{pluralize(count)} could not be compared. {named}",
        way_out=f"Fix {conf.CATALOGUE}, or these products; a worker tries again by itself. See "
        "where it fails: manage.py vrs_reconcile --no-files",
    )


def _failure(failure: Failure) -> str:
    if failure.retried_in is None:
        return (
            f"given up until it is saved again, since {conf.MAX_ATTEMPTS} workers were lost or "
            "ran out of time at it"
        )
    return f"{failure.error} (retried in {failure.retried_in} s)"


def _reconcile(status: Status) -> Iterator[Problem]:
    if status.reconcile["problem"]:
        yield Problem(
            what=status.reconcile["problem"],
            way_out="When it is fixed, look at once: manage.py vrs_reconcile --no-files; "
            "otherwise a sweep tries again in a while.",
        )
    elif (status.reconcile["seconds_ago"] or 0) > RECONCILES_MISSED * 3600 * conf.RECONCILE_HOURS:
        yield Problem(
            what="The catalogue was last compared with what we noted of it "
            f"{timedelta(seconds=status.reconcile['seconds_ago'])} ago.",
            way_out="Compare it, and see where it stops: manage.py vrs_reconcile --no-files; "
            "the log of the worker may say what ends it.",
        )
    if status.files["problem"]:
        yield Problem(
            what=f"Not all files could be compared: {status.files['problem']}",
            way_out="No picture was changed for it. When it is fixed where the worker runs, a "
            "sweep tries again in a while; at once there: manage.py vrs_reconcile",
        )


def _queue(status: Status) -> Iterator[Problem]:
    if status.queue["error"]:
        yield Problem(
            what=f"The broker does not answer: {status.queue['error']}",
            way_out="Start it, or mend CELERY_BROKER_URL. Nothing is lost meanwhile.",
        )
    elif not status.queue["workers"]:
        yield Problem(
            what=f'No worker listens to the queue "{conf.QUEUE}".',
            way_out=f"Start one: {_worker_command(conf.QUEUE)}",
        )


def _photos(status: Status) -> Iterator[Problem]:
    """Problems of search by photo, if the shop has had a photo worker or photos wait for one."""
    waiting = status.photo_queue["messages"]
    is_used = waiting or status.photos["seconds_ago"] is not None
    if is_used and not status.photo_queue["workers"] and not status.photo_queue["error"]:
        yield Problem(
            what=f'No worker listens to the queue "{conf.PHOTO_QUEUE}": search by photo is not '
            "available.",
            way_out=f"Start one: {_worker_command(conf.PHOTO_QUEUE)} --hostname photos@%h",
        )
    elif status.photos["problem"]:
        yield Problem(
            what=f"Search by photo: {status.photos['problem']}",
            way_out="When that is fixed, restart the photo worker.",
        )


def _worker_command(queue: str) -> str:
    """The command that starts a worker; with the prefork pool, the only one with time limits."""
    app = current_app.main or "yourproject"
    return f"celery -A {app} worker --queues {queue} --pool prefork --concurrency 1"


def _sweep(status: Status) -> Iterator[Problem]:
    seconds = status.sweep["seconds_ago"]
    app = current_app.main or "yourproject"
    way_out = (
        "Beat sends the first one a minute after it starts. If none comes, give beat the sweep's "
        f"schedule (README) and start it: celery -A {app} beat"
    )
    if seconds is None:
        yield Problem(what="The sweep never ran.", way_out=way_out)
    elif seconds > SWEEPS_MISSED * conf.SWEEP_SECONDS + _seconds_queued(status):
        yield Problem(
            what=f"The sweep last ran {timedelta(seconds=seconds)} ago.", way_out=way_out
        )


def _seconds_queued(status: Status) -> float:
    """How long a sweep may wait in the queue behind a batch; 0 if the queue is empty."""
    return conf.BATCH_TIME_LIMIT if status.queue["messages"] else 0


def _index(status: Status) -> Iterator[Problem]:
    if status.index and not status.index["valid"]:
        state = "invalid" if status.index["exists"] else "missing"
        yield Problem(
            what=f"The index {status.index['name']} is {state}; searches are slow.",
            way_out="Build it: manage.py vrs_embed --index",
        )
    elif status.recall is not None and status.recall < LEAST_RECALL:
        yield Problem(
            what=f"The index finds only {status.recall:.0%} of the truly nearest pictures.",
            way_out='Build it anew: manage.py vrs_embed --index; or raise VRS["EF_SEARCH"].',
        )


def _pictures(status: Status) -> Iterator[Problem]:
    if failed := status.images["failed"]:
        yield Problem(
            what=f"{failed} picture{pluralize(failed)} failed.",
            way_out="The admin says why, under Visual recommendations › Pictures. Upload those "
            'files again, or press "Try again" there; in one go: manage.py vrs_embed --failed',
        )
    if status.products["total"] and not status.products["with_pictures"]:
        yield Problem(
            what="No product has a picture that we know of.",
            way_out="Look through the whole catalogue: manage.py vrs_embed",
        )


def _texts(status: Status) -> Iterator[Problem]:
    if status.texts and not status.texts["exists"]:
        yield Problem(
            what=f"The database has no text search configuration "
            f'"{status.texts["configuration"]}"; products have no words.',
            way_out='Set VRS["TEXT_LANGUAGE"] to one that it has (in psql: \\dF), or create it. '
            "Then run: manage.py vrs_embed",
        )


def _spaces(status: Status) -> Iterator[Problem]:
    states = [space["state"] for space in status.spaces]
    if states and EmbeddingSpace.State.ACTIVE not in states:
        yield Problem(
            what="There are vectors, and no space of them is shown to shoppers.",
            way_out="Show one: manage.py vrs_switch, with the number of one of the spaces.",
        )
    if states.count(EmbeddingSpace.State.BUILDING) > 1:
        yield Problem(
            what="Several spaces are being built, as by workers of different settings.",
            way_out="Give all workers the same EMBEDDER, WEIGHTS and IMAGE_SIZE, restart them, "
            "and drop what is not wanted: manage.py vrs_drop, with its number.",
        )
    for space in status.spaces:
        if space["state"] == EmbeddingSpace.State.BUILDING:
            yield from _building(space)


def _building(space: dict[str, Any]) -> Iterator[Problem]:
    number = space["id"]
    if not space["is_named_by_settings"]:
        yield Problem(
            what=f"Space {number} was never shown, and no worker with these settings fills it.",
            way_out=f"Drop it: manage.py vrs_drop {number}; or give the workers the settings "
            "that made it.",
        )
    elif not space["waiting"]:
        yield Problem(
            what=f"Space {number} is built, but shoppers still see the one before.",
            way_out=f"Show it: manage.py vrs_switch {number}",
        )


CHECKS: tuple[Callable[[Status], Iterator[Problem]], ...] = (
    _pgvector,
    _clocks,
    _catalogue,
    _worker,
    _outbox,
    _reconcile,
    _queue,
    _photos,
    _sweep,
    _index,
    _pictures,
    _texts,
    _spaces,
)
