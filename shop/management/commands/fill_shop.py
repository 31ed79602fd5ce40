"""Load the demo's clothes into the shop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from shop.loading import clothes
from shop.loading.table import TableError


class Command(BaseCommand):
    help = "Loads the demo's clothes into the shop; what is there already is skipped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, metavar="N", help="only the first N products")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError("--limit must be 1 or more.")
        try:
            wanted = clothes.missing(options["limit"])
        except TableError as error:
            raise CommandError(str(error)) from error
        if not wanted:
            self.stdout.write("The clothes are in the shop already.")
            return
        for _ in tqdm(clothes.fill(wanted), "Loading products", len(wanted), unit="product"):
            pass
        self.stdout.write(self.style.SUCCESS(f"{len(wanted)} products loaded into the shop."))
