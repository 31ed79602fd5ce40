"""Import a folder of photos as products."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from shop.loading import photo_folder


class Command(BaseCommand):
    help = (
        "Imports every photo of a folder tree <category>/<photo> as a product; "
        "what was imported before is skipped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the folder that holds the categories")
        parser.add_argument("--limit", type=int, metavar="N", help="only the first N photos")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError("--limit must be 1 or more.")
        try:
            photos = photo_folder.photos_in(options["path"], self.report)
        except photo_folder.NothingToImport as error:
            raise CommandError(str(error)) from error
        wanted = photo_folder.missing(photos[: options["limit"]])
        saved = photo_folder.import_photos(wanted, self.report)
        bar = tqdm(saved, "Importing photos", len(wanted), unit="photo", disable=not wanted)
        count = sum(product is not None for product in bar)
        present = len(photos[: options["limit"]]) - len(wanted)
        done = f"{count} photos imported, {present} were there already."
        self.stdout.write(self.style.SUCCESS(done))

    def report(self, line: str) -> None:
        """Print a line above the progress bar."""
        tqdm.write(line, file=self.stderr)
