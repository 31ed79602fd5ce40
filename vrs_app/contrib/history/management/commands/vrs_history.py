"""`vrs_history`: export or erase what is stored about one shopper; prune what is too old."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from vrs_app.conf import conf
from vrs_app.contrib.history import privacy, pruning
from vrs_app.contrib.history.shopper import Shopper
from vrs_app.infra.atomic_file import atomic_write
from vrs_app.management.terminal import command_errors, confirmed


class Command(BaseCommand):
    help = (
        "Export or erase what is kept of one shopper, or forget what is older than "
        "HISTORY_DAYS. A history that the shop keeps by itself is the shop's to export."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--user", metavar="NAME", help="the shopper's name, as they log in")
        who.add_argument("--visitor", metavar="UUID", help="the id in an anonymous session")
        parser.add_argument(
            "--export", metavar="FILE", help='write it to a JSON file, "-" to print it'
        )
        parser.add_argument("--erase", action="store_true", help="erase it; asks first")
        parser.add_argument(
            "--prune", action="store_true", help="forget what is older than HISTORY_DAYS"
        )
        parser.add_argument("--no-input", action="store_true", help="erase without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        with command_errors(ValueError):
            self._do(options)

    def _do(self, options: dict[str, Any]) -> None:
        shopper = _shopper(options["user"], options["visitor"])
        to_do = options["export"] or options["erase"]
        if to_do and shopper is None:
            raise CommandError("Say whose: --user NAME or --visitor UUID.")
        if not to_do and (shopper or not options["prune"]):
            raise CommandError("Say what to do: --export FILE, --erase, or --prune.")
        if shopper and options["export"]:
            self._export(shopper, options["export"])
        if shopper and options["erase"]:
            self._erase(shopper, ask=not options["no_input"])
        if options["prune"]:
            deleted, _ = pruning.prune()
            self._say(f"{_rows(deleted)} older than {conf.HISTORY_DAYS} days forgotten.")

    def _export(self, shopper: Shopper, path: str) -> None:
        found = privacy.export(shopper)
        text = json.dumps(found, indent=2, ensure_ascii=False)
        if path == "-":
            self.stdout.write(text)
            return
        try:
            with atomic_write(Path(path)) as file:
                file.write(f"{text}\n".encode())
        except OSError as error:
            raise CommandError(str(error)) from error
        self._say(f"{_rows(len(found['interactions']))} written to {path}.")

    def _erase(self, shopper: Shopper, *, ask: bool) -> None:
        count = privacy.rows_of(shopper).count()
        if ask and not confirmed(f"Erase {_rows(count)}?"):
            raise CommandError("Nothing was erased.")
        self._say(f"{_rows(privacy.erase(shopper))} erased.")

    def _say(self, text: str) -> None:
        """To stderr, since stdout may be the exported JSON."""
        self.stderr.write(text)


def _shopper(name: str | None, visitor: str | None) -> Shopper | None:
    if name is not None:
        users = get_user_model()
        try:
            return Shopper.of(users._default_manager.get_by_natural_key(name))
        except users.DoesNotExist:
            raise CommandError(f"There is no user {name!r}.") from None
    try:
        return None if visitor is None else Shopper(visitor=UUID(visitor))
    except ValueError:
        raise CommandError(f"{visitor!r} is no UUID.") from None


def _rows(count: int) -> str:
    return f"{count} interaction{pluralize(count)}"
