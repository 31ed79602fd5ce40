"""What actors that change products share: picking one, timing a save, expected conflicts."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError

from shop.models import Product, ProductImage

from .. import pictures
from ..expected import ExpectedProduct
from .base import Actor, Conflict


class ProductEditor(Actor):
    """Hides and deletes only products of its own; changes the pictures of any."""

    def pick(self, rng: Random) -> ExpectedProduct:
        return _require(self.context.catalogue.pick(rng))

    def pick_own(self, rng: Random) -> ExpectedProduct:
        return _require(self.context.catalogue.pick(rng, owner=self.name))

    def product(self, expected: ExpectedProduct) -> Product:
        product = Product.objects.filter(pk=expected.key).first()
        if product is None:
            raise Conflict
        return product

    def picture(self, rng: Random) -> tuple[ProductImage, ExpectedProduct]:
        expected = self.pick(rng)
        rows = list(ProductImage.objects.filter(product=expected.key))
        if not rows:
            raise Conflict
        return rows[int(rng.random() * len(rows))], expected

    def file(self, slug: str, rng: Random) -> "ContentFile[bytes]":
        return ContentFile(pictures.good(rng), f"{slug}-{rng.getrandbits(32):x}.jpg")

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Record the block's latency as a save, where it succeeds."""
        began = time.monotonic()
        yield
        self.judge.check_save(what, began)


@contextmanager
def unsignalled(*changed: ExpectedProduct) -> Iterator[None]:
    """The block changes these products without a signal."""
    for expected in changed:
        expected.is_signalled = False
    yield


@contextmanager
def unsignalled_on_error(expected: ExpectedProduct) -> Iterator[None]:
    """A save that fails may have written its file, without a signal."""
    try:
        yield
    except BaseException:
        expected.is_signalled = False
        raise


@contextmanager
def conflict_on_deletion() -> Iterator[None]:
    """Conflict where the shop's own constraint, or Django, reports that a row was deleted.

    An error of a constraint of vrs_app's tables is passed on: it is a violation.
    """
    try:
        yield
    except IntegrityError as error:
        if not is_shop_constraint(error):
            raise
        raise Conflict from error
    except DatabaseError as error:
        if "did not affect any rows" in str(error):
            raise Conflict from error
        raise


def is_shop_constraint(error: object) -> bool:
    """Whether an IntegrityError, or its text, names no table of vrs_app."""
    return '"vrs_' not in str(error)


def _require(expected: ExpectedProduct | None) -> ExpectedProduct:
    if expected is None:
        raise Conflict
    return expected
