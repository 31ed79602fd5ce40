"""`vrs_switch`: let another space answer."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vrs_app import spaces, waiting
from vrs_app.models import EmbeddingSpace


class Command(BaseCommand):
    help = "Let shoppers see another embedding space; the one before stays, to switch back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("space", type=int, help="the space's number, as vrs_status names it")
        parser.add_argument(
            "--incomplete", action="store_true", help="even while pictures wait in it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            space = EmbeddingSpace.objects.get(pk=options["space"])
        except EmbeddingSpace.DoesNotExist:
            known = ", ".join(f"{each.pk} ({each})" for each in EmbeddingSpace.objects.all())
            raise CommandError(
                f"There is no space {options['space']}. Known: {known or 'none'}."
            ) from None
        if (left := waiting.count(space)) and not options["incomplete"]:
            raise CommandError(
                f"{left} pictures still wait in it. Let a worker or vrs_embed "
                "finish; for a former space, with the settings that made it. Or add --incomplete."
            )
        spaces.activate(space)
        self.stdout.write(f"Shoppers now see space {space.pk}, {space}.")
