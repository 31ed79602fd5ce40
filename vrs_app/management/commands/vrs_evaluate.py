"""`vrs_evaluate`: how good the neighbours are."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vrs_app.evaluation import evaluate
from vrs_app.exceptions import CatalogueLacks, NoActiveSpace


class Command(BaseCommand):
    help = "Ask for every product's neighbours: precision over categories, recall, time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("-k", type=int, default=10, help="neighbours a query (10)")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        k = options["k"]
        if k < 1:
            raise CommandError("-k takes a number of at least 1.")
        try:
            found = evaluate(k=k, quiet=options["json"] or not options["verbosity"])
        except (CatalogueLacks, NoActiveSpace) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), indent=2))
            return
        for name, value in (
            ("Space", found.space),
            ("Products", f"{found.products} in {found.categories} categories"),
            (f"Precision@{k}", f"{found.precision:.3f} (chance {found.chance:.3f})"),
            (f"Recall@{k}", f"{found.recall:.3f} of the index against an exact scan"),
            (
                "Query",
                f"{found.milliseconds_median:.1f} ms median, "
                f"{found.milliseconds_95:.1f} ms 95th percentile",
            ),
        ):
            self.stdout.write(f"{name:<14}{value}")
