"""`vrs_status`: report coverage and states, and what needs a person."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.template.defaultfilters import pluralize

from vrs_app.exceptions import explain
from vrs_app.indexing.outbox.state import OutboxState
from vrs_app.management.terminal import command_errors
from vrs_app.reports import diagnostics, status
from vrs_app.reports.status import Status


class Command(BaseCommand):
    help = (
        "Show how far the shop is embedded: products, pictures, spaces, index, outbox, queues and "
        "sweep. Says what needs a person, and then exits 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        with command_errors():
            found = status.collect()
        needs = diagnostics.diagnose(found)
        if options["json"]:
            facts = asdict(found) | {"problems": [asdict(problem) for problem in needs]}
            self.stdout.write(json.dumps(facts, indent=2, default=str))
        else:
            for name, value in _table(found):
                self.stdout.write(f"{name:<10}  {value}")
            for problem in needs:
                self.stdout.write(self.style.ERROR(f"\n! {problem.what}"))
                self.stdout.write(f"  {problem.way_out}")
        if needs:
            sys.exit(1)


def _table(found: Status) -> Iterator[tuple[str, str]]:
    products, images = found.products, found.images
    yield (
        "Products",
        f"{products['searchable']} searchable of {products['total']}, "
        f"{products['with_pictures']} with pictures",
    )
    yield "Pictures", ", ".join(f"{count} {state}" for state, count in images.items())
    for code, count in sorted(found.reasons.items(), key=lambda each: -each[1]):
        yield "Failed", f"{count} × {explain(code)} ({code})"
    yield "Words", f"{found.texts['products']} products, read as {found.texts['configuration']}"
    for space in found.spaces:
        yield f"Space {space['id']}", _space_line(space)
    yield "Index", _index_line(found.index)
    yield "pgvector", found.pgvector or "missing"
    yield "Outbox", _outbox_line(found.outbox)
    yield "Queue", _queue_line(found.queue)
    yield "Worker", _ago(found.worker)
    yield "Sweep", _ago(found.sweep)
    yield "Photos", f"{_queue_line(found.photo_queue)} · {_ago(found.photos)}"


def _space_line(space: dict[str, Any]) -> str:
    options = " ".join(f"{name}={value}" for name, value in space["options"].items())
    weights = f"weights {space['weights_digest'][:12]} from {space['weights']}"
    return " · ".join(
        part
        for part in (
            space["state"],
            space["embedder"].rpartition(".")[2],
            options,
            f"{space['dimensions']} numbers",
            weights if space["weights_digest"] else "",
            f"{space['vectors']} vectors",
        )
        if part
    )


def _index_line(index: dict[str, Any]) -> str:
    if not index:
        return "none yet"
    state = "valid" if index["valid"] else "invalid" if index["exists"] else "missing"
    return f"{index['name']} · {state} · {(index['bytes'] or 0) / 1e6:.1f} MB"


def _outbox_line(outbox: OutboxState) -> str:
    if not outbox.rows:
        return "nothing waits"
    waiting = "change waits" if outbox.rows == 1 else "changes wait"
    failed = f", {outbox.failed} could not be compared" if outbox.failed else ""
    return f"{outbox.rows} {waiting}, the oldest for {outbox.oldest_seconds} s{failed}"


def _queue_line(queue: dict[str, Any]) -> str:
    if queue["error"]:
        return f"{queue['name']} · broker does not answer"
    messages, workers = queue["messages"] or 0, len(queue["workers"])
    return (
        f"{queue['name']} · {messages} message{pluralize(messages)} · "
        f"{workers} worker{pluralize(workers)}"
    )


def _ago(beat: dict[str, Any]) -> str:
    seconds = beat["seconds_ago"]
    if seconds is None:
        return "never at work"
    return f"{seconds} s ago" if seconds >= 0 else f"{-seconds} s in the future"
