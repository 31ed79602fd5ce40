"""`vrs_drop`: delete a space that nobody needs any more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize
from tqdm import tqdm

from vrs_app import spaces
from vrs_app.exceptions import SpaceRefused
from vrs_app.management.terminal import by_a_sentence, confirmed
from vrs_app.spaces import deletion
from vrs_app.spaces.deletion import Extent


class Command(BaseCommand):
    help = (
        "Delete a former embedding space, or one that was never shown: its vectors and its "
        "index. Asks first. Can be interrupted and started again; the shop stays open."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("space", type=int, help="the space's number, as vrs_status names it")
        parser.add_argument("--no-input", action="store_true", help="drop it without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        with by_a_sentence(SpaceRefused):
            space = spaces.numbered(options["space"])
            deletion.require_droppable(space)
            found = deletion.extent(space)
            question = (
                f"Drop space {space.pk}, {space}, {space.get_state_display()}: {_told(found)}? "
                "Going back to it would mean to embed every picture again."
            )
            if not options["no_input"] and not confirmed(question):
                raise CommandError("Nothing was dropped.")
            with tqdm(total=found.rows, unit="row", disable=options["verbosity"] == 0) as bar:
                deletion.drop(space, bar.update)
        self.stdout.write(f"Space {space.pk} is dropped: {_told(found)}.")


def _told(found: Extent) -> str:
    return (
        f"{found.vectors} vector{pluralize(found.vectors)} of {found.vector_bytes / 1e6:.1f} MB "
        f"and an index of {found.index_bytes / 1e6:.1f} MB"
    )
