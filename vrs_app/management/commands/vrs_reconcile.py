"""`vrs_reconcile`: find what sent no signal, and repair what differs."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize
from tqdm import tqdm

from vrs_app.indexing import enqueue
from vrs_app.indexing.reconcile import Findings, Step, StepProgress, reconcile, total
from vrs_app.management.terminal import command_errors

ROWS = (
    ("pictures", "Image rows that differed from the products' pictures"),
    ("words", "Products whose words differed from their texts"),
    ("leases_expired", "Pictures claimed by a worker that is gone"),
    ("vectors", "Pictures whose vector is not that of their bytes"),
    ("files_gone", "Pictures whose file is gone"),
    ("files_changed", "Pictures whose file holds other bytes"),
)


class Command(BaseCommand):
    help = (
        "Compare the whole catalogue, and the files of all pictures, with what is known of "
        "them, and mend what differs; workers embed what changed. A second run finds nothing. "
        "May be interrupted and started again. Exits 1 if a person is needed, or if --dry-run "
        "finds anything."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="report only, change nothing")
        parser.add_argument(
            "--no-files", action="store_true", help="read no files; this takes seconds"
        )
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run, as_json = options["dry_run"], options["json"]
        quiet = as_json or options["verbosity"] == 0
        with command_errors(), _bars(quiet) as progress:
            with_files = not options["no_files"]
            found = reconcile(find_only=dry_run, with_files=with_files, progress=progress)
        if found.wrong and not dry_run:
            enqueue.enqueue_batch()
        if as_json:
            facts = {"dry_run": dry_run, "wrong": found.wrong, **asdict(found)}
            self.stdout.write(json.dumps(facts, indent=2))
        elif not quiet:
            for line in _table(found, dry_run, options["no_files"]):
                self.stdout.write(line)
        self._end(found, dry_run)

    def _end(self, found: Findings, dry_run: bool) -> None:
        for trouble in (*found.faults, *found.problems):
            self.stderr.write(self.style.ERROR(f"! {trouble}"))
        if found.faults or found.problems:
            raise CommandError(
                "Not all could be compared. Fix what is reported above, run it again."
            )
        if found.wrong and dry_run:
            raise CommandError("Nothing was changed. Without --dry-run all of it is repaired.")


def _table(found: Findings, dry_run: bool, no_files: bool) -> Iterator[str]:
    for name, label in ROWS:
        is_left_out = no_files and name.startswith("files")
        yield f"{label:<60}{'not read' if is_left_out else getattr(found, name):>10}"
    if not no_files:
        yield f"{found.files_read} file{pluralize(found.files_read)} read."
    if not found.wrong:
        yield "Nothing is wrong." if not found.trouble else "Nothing else is wrong."
    elif not dry_run:
        yield "All of it is repaired. Workers embed what waits; vrs_status shows how far they are."


@contextmanager
def _bars(quiet: bool) -> Iterator[StepProgress]:
    """Progress bars on stderr, one for each step that takes long, one below the other."""
    bars: dict[Step, tqdm[Any]] = {}

    def progress(step: Step, count: int) -> None:
        if step not in bars:
            for bar in bars.values():
                bar.close()
            bars[step] = tqdm(total=total(step), desc=step.value, disable=quiet)
        bars[step].update(count)

    try:
        yield progress
    finally:
        for bar in bars.values():
            bar.close()
