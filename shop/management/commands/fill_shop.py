"""Draw the demo catalogue into the shop."""

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from shop.loading import drawn_catalogue


class Command(BaseCommand):
    help = "Draws the demo catalogue into the shop; what is there already is skipped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--limit", type=int, metavar="N", help="only the catalogue's first N products"
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=drawn_catalogue.PROCESSES,
            metavar="N",
            help="processes that draw at the same time (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # SystemExit runs the pool's cleanup, which ends the drawing processes.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        wanted = drawn_catalogue.missing(options["limit"])
        if not wanted:
            self.stdout.write("The drawn catalogue is in the shop already.")
            return
        drawn = drawn_catalogue.fill(wanted, options["processes"])
        for _ in tqdm(drawn, "Drawing products", len(wanted), unit="product"):
            pass
        self.stdout.write(self.style.SUCCESS(f"{len(wanted)} products drawn into the shop."))
