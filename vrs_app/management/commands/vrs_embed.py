"""`vrs_embed`: embed waiting pictures in this process, beside the workers or without any."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.template.defaultfilters import pluralize
from django.utils import timezone
from tqdm import tqdm

from vrs_app import spaces
from vrs_app.catalogue import catalogue
from vrs_app.exceptions import SpaceRefused
from vrs_app.indexing import image_rows, worker
from vrs_app.indexing.outbox.drain import DRAIN_SECONDS, drain, drain_or_log
from vrs_app.indexing.reconcile import compare
from vrs_app.management.terminal import command_errors
from vrs_app.models import IndexedImage
from vrs_app.spaces import pending

MAX_FRUITLESS_BATCHES = 10
"""Batches in a row without a file from the storage, after which it counts as unavailable."""


class Command(BaseCommand):
    help = (
        "Embed the pictures that wait, here and now: new ones, changed ones, and those that sent "
        "no signal. Can be interrupted and started again; workers may run at the same time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--failed", action="store_true", help="the failed ones once more, too")
        which.add_argument("--all", action="store_true", help="every picture once more")
        which.add_argument(
            "--product", nargs="+", metavar="KEY", help="the pictures of these products once more"
        )
        parser.add_argument("--index", action="store_true", help="build the index anew first")

    def handle(self, *args: Any, **options: Any) -> None:
        self.quiet = options["verbosity"] == 0
        was_all_compared = self._compare()
        with command_errors():
            self._embed_what_waits(**options)
        if not was_all_compared:
            raise CommandError(
                "Not all could be compared. Fix what is reported above, run it again."
            )

    def _embed_what_waits(self, **options: Any) -> None:
        if (again := self._again(**options)) is not None:
            self._say(f"{_counted(image_rows.requeue(again), 'picture')} to embed once more.")
        if options["index"]:
            self._rebuild_index()
        try:
            ready, failed = self._embed()
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted; what was done stays. Run it again to go on.", returncode=130
            ) from None
        self._say(f"{_counted(ready, 'picture')} ready, {failed} failed.")

    def _say(self, text: str) -> None:
        if not self.quiet:
            self.stdout.write(text)

    def _compare(self) -> bool:
        """Sync all products; whether all could be compared. The others are embedded anyway."""
        with command_errors():
            drained = drain().changes
            found = compare()
        pictures, words = drained.pictures + found.pictures, drained.words + found.words
        self._say(f"{_counted(pictures, 'picture row')} brought up to date.")
        self._say(f"Words of {_counted(words, 'product')} brought up to date.")
        for trouble in (*found.faults, *found.problems):
            self.stderr.write(trouble)
        return not found.trouble

    def _again(
        self, *, failed: bool, all: bool, product: list[str] | None, **options: Any
    ) -> QuerySet[IndexedImage] | None:
        """The pictures to requeue, by the options; None for no such option."""
        images = IndexedImage.objects.all()
        if failed:
            return image_rows.failed()
        if product:
            return images.filter(product__in=[self._key(text) for text in product])
        return images if all else None

    def _key(self, text: str) -> Any:
        """The product's primary key, from text; raises CommandError if there is no product."""
        model = catalogue().model
        try:
            return model._base_manager.values_list("pk", flat=True).get(pk=text)
        except (ObjectDoesNotExist, ValueError, ValidationError):
            raise CommandError(f"There is no product with the key {text}.") from None

    def _rebuild_index(self) -> None:
        for space in spaces.filled():
            self._say(f"Building {spaces.index_name(space)} …")
            with command_errors(SpaceRefused):
                spaces.rebuild_index(space)

    def _embed(self) -> tuple[int, int]:
        """Embed until nothing waits; returns how many pictures are ready and how many failed."""
        began = timezone.now()
        ready, failed, fruitless, problem, more_wait = 0, 0, 0, "", True
        with tqdm(unit="picture", disable=self.quiet) as bar:
            while more_wait:
                batch = worker.embed_batch()
                drain_or_log(DRAIN_SECONDS)  # the words have the measured colours, too
                ready, failed = ready + batch.ready, failed + batch.failed
                problem = batch.problem or problem
                fruitless = 0 if batch.ready or batch.failed else fruitless + 1
                may_others = batch.unavailable and fruitless < MAX_FRUITLESS_BATCHES
                more_wait = batch.more_wait or bool(may_others and self._untried(began))
                # Counted only now: the first batch may have created the space.
                bar.total = bar.total or ready + failed + self._waiting()
                bar.update(batch.ready + batch.failed)
        if batch.problem or (problem and self._waiting()):
            raise CommandError(problem)
        return ready, failed

    def _untried(self, since: datetime) -> bool:
        return any(pending.untried(space, since) for space in spaces.filled())

    def _waiting(self) -> int:
        return sum(pending.count(space) for space in spaces.filled())


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{pluralize(count)}"
