"""`vrs_drop`: delete an embedding space with its vectors and index."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize
from tqdm import tqdm

from vrs_app import spaces
from vrs_app.exceptions import SpaceRefused
from vrs_app.management.terminal import command_errors, confirmed
from vrs_app.spaces import deletion
from vrs_app.spaces.deletion import Size


class Command(BaseCommand):
    help = (
        "Delete a former embedding space, or one that was never shown: its vectors and its "
        "index. Asks first. Can be interrupted and started again; the shop stays open."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("space", type=int, help="the space's number, as vrs_status names it")
        parser.add_argument("--no-input", action="store_true", help="drop it without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        with command_errors(SpaceRefused):
            space = spaces.by_number(options["space"])
            deletion.require_droppable(space)
            found = deletion.size_of(space)
            question = (
                f"Drop space {space.pk}, {space}, {space.get_state_display()}: {_size(found)}? "
                "Going back to it would mean to embed every picture again."
            )
            if not options["no_input"] and not confirmed(question):
                raise CommandError("Nothing was dropped.")
            with tqdm(total=found.rows, unit="row", disable=options["verbosity"] == 0) as bar:
                deletion.drop(space, bar.update)
        self.stdout.write(f"Space {space.pk} is dropped: {_size(found)}.")


def _size(found: Size) -> str:
    return (
        f"{found.vectors} vector{pluralize(found.vectors)} of {found.vector_bytes / 1e6:.1f} MB "
        f"and an index of {found.index_bytes / 1e6:.1f} MB"
    )
