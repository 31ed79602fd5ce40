"""`vrs_export`: write vectors with product keys to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.template.defaultfilters import pluralize

from vrs_app import spaces
from vrs_app.exceptions import NoActiveSpace, SpaceRefused
from vrs_app.management.terminal import command_errors
from vrs_app.reports.export import SUFFIXES, export


class Command(BaseCommand):
    help = (
        "Write vectors of unit length with the keys of their products to a file, for other "
        "programs. .npz: arrays vectors, products, names, positions, and space, a description "
        "in JSON. .npy: records of product, picture, position, vector. .csv: columns product, "
        "picture, position, v0, v1 and so on. A picture is the name of its file in the storage, "
        "a position its place in the product's gallery, counted from 0."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=f"ends in {', '.join(SUFFIXES)}")
        parser.add_argument(
            "--space", type=int, help="another space than the active one, as vrs_status numbers it"
        )
        parser.add_argument(
            "--visible",
            action="store_true",
            help="only products on offer now: neither hidden by the shop nor sold out",
        )
        parser.add_argument(
            "--main",
            action="store_true",
            help="one vector a product, of its first picture that has one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        quiet = not options["verbosity"]
        number = options["space"]
        with command_errors(NoActiveSpace, SpaceRefused, OSError, ValueError):
            count = export(
                path,
                space=None if number is None else spaces.by_number(number),
                visible=options["visible"],
                main=options["main"],
                quiet=quiet,
            )
        if not quiet:
            self.stdout.write(f"{count} vector{pluralize(count)} written to {path}.")
