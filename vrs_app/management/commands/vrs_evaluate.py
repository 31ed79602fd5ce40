"""`vrs_evaluate`: measure precision and recall of the nearest neighbours."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vrs_app.exceptions import NoActiveSpace, SurroundingsError
from vrs_app.infra.atomic_file import atomic_write, require_writable
from vrs_app.management.terminal import command_errors
from vrs_app.reports.evaluation import SAMPLE, Evaluation, evaluate, summary
from vrs_app.reports.evaluation.figures import PERCENTS
from vrs_app.reports.evaluation.sheet import MOST_ROWS, ROWS, contact_sheet

NAME_WIDTH = 40
MAX_NEIGHBOURS = 1000
"""Neighbours of one query: pgvector's largest ef_search."""


class Command(BaseCommand):
    help = (
        "Query products' neighbours as pages do: precision over categories, recall, coverage, "
        "near-duplicates, time, and a threshold below which nothing looks alike any more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("-k", type=int, default=10, help="neighbours a query (10)")
        parser.add_argument(
            "--sample", type=int, default=SAMPLE, help=f"products queried, at most ({SAMPLE})"
        )
        parser.add_argument(
            "--photo-search",
            action="store_true",
            help="query by each product's picture too, as a shopper's photo (loads the embedder)",
        )
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")
        parser.add_argument(
            "--html", type=Path, metavar="FILE", help="write a sheet of pictures to look at"
        )
        parser.add_argument(
            "--rows",
            type=int,
            default=ROWS,
            help=f"answers on that sheet, the worst and best ({ROWS})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("-k", "--sample", "--rows"):
            if options[name.strip("-")] < 1:
                raise CommandError(f"{name} takes a number of at least 1.")
        if options["k"] > MAX_NEIGHBOURS:
            raise CommandError(f"-k takes at most {MAX_NEIGHBOURS}.")
        if options["rows"] > MOST_ROWS:
            raise CommandError(f"--rows takes at most {MOST_ROWS}: a larger file helps nobody.")
        with command_errors(NoActiveSpace, SurroundingsError, OSError):
            if options["html"]:
                require_writable(options["html"])
            found = evaluate(
                k=options["k"],
                sample=options["sample"],
                photo_search=options["photo_search"],
                quiet=options["json"] or not options["verbosity"],
            )
            self._print(found, options["json"])
            if options["html"]:
                self._write(found, options["html"], options["rows"], options["json"])

    def _print(self, found: Evaluation, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(found.figures, indent=2, default=_plain))
        else:
            for line in _table(found):
                self.stdout.write(line)

    def _write(self, found: Evaluation, path: Path, rows: int, quiet: bool) -> None:
        with atomic_write(path) as file:
            file.write(contact_sheet(found, rows=rows).encode())
        if not quiet:
            self.stdout.write(f"\nLook at {path}.")


def _plain(value: Any) -> Any:
    """For JSON: dataclasses as dicts, all else, such as a UUID key, as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def _table(found: Evaluation) -> Iterator[str]:
    for name, value in summary.lines(found):
        yield f"{name:<14}{value}"
    if found.by_category:
        yield f"\n{'Category':<{NAME_WIDTH}}{'asked':>8}{f'precision@{found.k}':>16}"
    for each in found.by_category:
        name = each.name if len(each.name) < NAME_WIDTH else f"{each.name[: NAME_WIDTH - 2]}…"
        yield f"{name:<{NAME_WIDTH}}{each.asked:>8}{each.precision:>16.3f}"
    if found.similarities:
        yield f"\n{'Similarity':<24}" + "".join(f"{f'{percent}%':>8}" for percent in PERCENTS)
    for name, values in found.similarities.items():
        yield f"{name:<24}" + "".join(f"{value:>8.3f}" for value in values.values())
    if found.cuts:
        yield "\nThreshold"
    for cut in found.cuts:
        yield f"{cut.threshold:>9.3f}  {cut.rule}{' (suggested)' if cut.suggested else ''}:"
        for part in summary.effect(cut, found.minimum).split("; "):
            yield f"{'':>9}  {part}"
    yield f"\n{summary.advice(found)}"
