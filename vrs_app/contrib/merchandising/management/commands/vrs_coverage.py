"""`vrs_coverage`: count which products are recommended never or too often, in this process."""

import json
import math
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from vrs_app.contrib.merchandising import coverage, coverage_job
from vrs_app.management.terminal import command_errors

MOST_TIMES = 1_000_000
"""The largest --too-often; above any number of pages."""


class Command(BaseCommand):
    help = (
        "Count on how many products' pages each product is recommended, and keep the counts for "
        "the admin. Can be interrupted and started again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--too-often",
            type=float,
            metavar="TIMES",
            help=f"times the mean that count as too often ({coverage.TOO_OFTEN:g})",
        )
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        too_often = options["too_often"]
        if too_often is not None and not 0 < too_often <= MOST_TIMES:
            raise CommandError(f"--too-often takes a number above 0, of at most {MOST_TIMES:,}.")
        with command_errors():
            self._count(too_often, options)

    def _count(self, too_often: float | None, options: dict[str, Any]) -> None:
        report = coverage.begin(too_often=too_often)
        total = coverage_job.pages().count()
        quiet = options["json"] or not options["verbosity"]
        try:
            with tqdm(total=total, initial=report.asked, unit="page", disable=quiet) as bar:
                coverage_job.run(seconds=math.inf, progress=bar.update)
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted; what was counted stays. Run it again to go on.", returncode=130
            ) from None
        finished = coverage.latest()
        if finished is None or finished.pk != report.pk:
            raise CommandError("A worker is counting at this moment; its report will be shown.")
        self._print(coverage.summary(finished), as_json=options["json"])

    def _print(self, found: coverage.Summary, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(found) | {"share": found.share}, indent=2))
            return
        for name, value in (
            ("Recommended", f"{found.share:.1%} of {found.products} products"),
            ("Never", found.never),
            ("Too often", f"{found.too_often} on more than {found.limit:.0f} pages"),
            ("Mean", f"{found.mean:.1f} pages a product"),
            ("Top 1%", f"{found.top_share:.1%} of all recommendations"),
        ):
            self.stdout.write(f"{name:<14}{value}")
        if found.unanswered:
            self.stderr.write(
                f"{found.unanswered} pages failed and count for nothing; see the log."
            )
