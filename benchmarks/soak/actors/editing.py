"""What merchants have in common: whose product, which file, and how long a save took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError

from shop.models import Product, ProductImage

from .. import pictures
from ..expected import Known
from .base import Actor, Overtaken


class Saver(Actor):
    """Hides and deletes only products of its own, and changes anybody's pictures."""

    def anybodys(self, chance: Random) -> Known:
        return _there(self.scenery.shelf.pick(chance))

    def own(self, chance: Random) -> Known:
        return _there(self.scenery.shelf.pick(chance, owner=self.name))

    def product(self, known: Known) -> Product:
        product = Product.objects.filter(pk=known.key).first()
        if product is None:
            raise Overtaken
        return product

    def picture(self, chance: Random) -> tuple[ProductImage, Known]:
        known = self.anybodys(chance)
        rows = list(ProductImage.objects.filter(product=known.key))
        if not rows:
            raise Overtaken
        return rows[int(chance.random() * len(rows))], known

    def file(self, slug: str, chance: Random) -> "ContentFile[bytes]":
        return ContentFile(pictures.good(chance), f"{slug}-{chance.getrandbits(32):x}.jpg")

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Counted where it succeeds."""
        began = time.monotonic()
        yield
        self.judge.saved(what, began)


@contextmanager
def untold(*changed: Known) -> Iterator[None]:
    """No signal tells of what the block does to them."""
    for known in changed:
        known.is_told = False
    yield


@contextmanager
def untold_if_cut_off(known: Known) -> Iterator[None]:
    """A save that fails may have written its file already, of which no signal told then."""
    try:
        yield
    except BaseException:
        known.is_told = False
        raise


@contextmanager
def overtaken_by_deletion() -> Iterator[None]:
    """The shop's own constraint, or Django, says that a row is gone; ours may never speak."""
    try:
        yield
    except IntegrityError as error:
        if not is_of_the_shop(error):
            raise
        raise Overtaken from error
    except DatabaseError as error:
        if "did not affect any rows" in str(error):
            raise Overtaken from error
        raise


def is_of_the_shop(refusal: object) -> bool:
    """Whether the constraint that refused is one of the shop's own tables."""
    return '"vrs_' not in str(refusal)


def _there(known: Known | None) -> Known:
    if known is None:
        raise Overtaken
    return known
