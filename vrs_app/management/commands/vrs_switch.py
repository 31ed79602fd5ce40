"""`vrs_switch`: activate another embedding space."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from vrs_app.exceptions import SpaceRefused
from vrs_app.management.terminal import command_errors
from vrs_app.spaces import activation


class Command(BaseCommand):
    help = "Let shoppers see another embedding space; the one before stays, to switch back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("space", type=int, help="the space's number, as vrs_status names it")
        parser.add_argument(
            "--incomplete",
            action="store_true",
            help="switch even while pictures wait in it, or failed in it that did not in others",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with command_errors(SpaceRefused):
            space = activation.switch(options["space"], incomplete=options["incomplete"])
        self.stdout.write(f"Shoppers now see space {space.pk}, {space}.")
