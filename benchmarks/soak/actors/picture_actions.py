"""What is done to pictures: by ordinary saves, and behind Django."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from random import Random

from django.core.files.base import ContentFile

from shop.models import ProductImage

from .. import pictures
from ..expected import Known
from ..timeline import Part, Span
from .editing import Saver, overtaken_by_deletion, untold, untold_if_cut_off


class PictureDoings(Saver):
    def add_picture(self, chance: Random) -> None:
        known = self.anybodys(chance)
        file = self.file(known.slug, chance)
        with self._saving("picture added", known):
            ProductImage.objects.create(product_id=known.key, image=file, position=9)

    def replace_picture(self, chance: Random) -> None:
        row, known = self.picture(chance)
        row.image = self.file(known.slug, chance)
        with self._saving("picture replaced", known):
            row.save()

    def overwrite_same_name(self, chance: Random) -> None:
        row, known = self.picture(chance)
        row.image = ContentFile(pictures.good(chance), PurePath(row.image.name or "").name)
        with self._saving("picture replaced under its name", known):
            row.save()

    def remove_picture(self, chance: Random) -> None:
        row, known = self.picture(chance)
        with self._timed("picture removed", known):
            row.delete()

    def change_picture_by_update(self, chance: Random) -> None:
        row, known = self.picture(chance)
        file = self.file(known.slug, chance)
        name = row.image.storage.save(f"products/{file.name}", file)
        with self.timed("picture changed by update()"), untold(known):
            ProductImage.objects.filter(pk=row.pk).update(image=name)

    def overwrite_behind_django(self, chance: Random) -> None:
        """As whoever uploads to the bucket by hand."""
        row, known = self.picture(chance)
        with self.timed("file overwritten behind Django"), untold(known):
            row.image.storage.save(row.image.name, ContentFile(pictures.good(chance)))

    def lose_file(self, chance: Random) -> None:
        row, known = self.picture(chance)
        with self.timed("file lost behind Django"), untold(known):
            row.image.storage.delete(row.image.name or "")

    @contextmanager
    def _saving(self, what: str, known: Known) -> Iterator[None]:
        """Committed before its signal is sent, which may be lost with the connection."""
        began = time.monotonic()
        with self._timed(what, known):
            yield
        span = Span(began=began, ended=time.monotonic())
        if self.scenery.outages.met(Part.ACTORS_DATABASE, span):
            known.is_told = False

    @contextmanager
    def _timed(self, what: str, known: Known) -> Iterator[None]:
        with self.timed(what), untold_if_cut_off(known), overtaken_by_deletion():
            yield
