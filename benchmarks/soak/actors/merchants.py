"""Merchants change products and pictures through Django: by saves, and past all signals."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from hashlib import sha256
from pathlib import PurePath
from random import Random

from django.core.files.base import ContentFile
from django.db import transaction

from shop.loading.products import category_named, save_with_pictures
from shop.models import Product, ProductImage

from .. import pictures
from ..expected import ExpectedProduct, ProductState
from ..timeline import Part, Span
from .editing import ProductEditor, conflict_on_deletion, unsignalled, unsignalled_on_error

MAX_PRODUCTS = 400
"""From so many on, `create` deletes a product instead."""


class ProductActions(ProductEditor):
    """Changes of products."""

    def create(self, rng: Random) -> None:
        if len(self.context.catalogue) >= MAX_PRODUCTS:
            self.delete(rng)
            return
        product, expected = self._new(rng)
        files = [self.file(expected.slug, rng) for _ in range(rng.choice((1, 1, 2, 3)))]
        self._save_new("product saved", product, expected, files)

    def create_broken(self, rng: Random) -> None:
        product, expected = self._new(rng)
        code, data = pictures.broken(rng)
        self.context.report.broken_files[sha256(data).hexdigest()] = code
        file = ContentFile(data, f"{expected.slug}-broken.jpg")
        self._save_new("product with a broken picture saved", product, expected, [file])

    def import_in_bulk(self, rng: Random) -> None:
        made = [self._new(rng) for _ in range(3)]
        products, added = [each for each, _ in made], [expected for _, expected in made]
        with (
            self.timed("3 products by bulk_create()"),
            unsignalled(*added),
            transaction.atomic(),
        ):
            Product.objects.bulk_create(products)
            ProductImage.objects.bulk_create(
                ProductImage(product=product, image=self.file(product.slug, rng))
                for product in products
            )
        for product, expected in made:
            expected.key = product.pk
            self.context.catalogue.set_state(expected, ProductState.SHOWN)

    def hide(self, rng: Random) -> None:
        self._publish("product hidden", rng, ProductState.HIDDEN)

    def show(self, rng: Random) -> None:
        self._publish("product shown again", rng, ProductState.SHOWN)

    def hide_by_update(self, rng: Random) -> None:
        expected = self.pick_own(rng)
        changing = self.context.catalogue.changing(expected, ProductState.HIDDEN)
        with self.timed("product hidden by update()"), changing:
            Product.objects.filter(pk=expected.key).update(published=False)

    def delete(self, rng: Random) -> None:
        expected = self.pick_own(rng)
        changing = self.context.catalogue.changing(expected, ProductState.DELETED)
        with self.timed("product deleted"), changing, conflict_on_deletion():
            Product.objects.filter(pk=expected.key).delete()

    def change_price(self, rng: Random) -> None:
        product = self.product(self.pick(rng))
        product.price = Decimal(rng.randint(5, 200))
        with self.timed("price changed"), conflict_on_deletion():
            product.save(update_fields=["price"])

    def rename(self, rng: Random) -> None:
        product = self.product(self.pick(rng))
        product.name = f"{rng.choice(pictures.COLOURS)} {rng.choice(pictures.KINDS)}"
        with self.timed("product renamed"), conflict_on_deletion():
            product.save(update_fields=["name"])

    def _new(self, rng: Random) -> tuple[Product, ExpectedProduct]:
        self.number += 1
        colour, kind = rng.choice(pictures.COLOURS), rng.choice(pictures.KINDS)
        slug = f"{self.name}-{self.number}"
        product = Product(
            name=f"{colour} {kind}",
            slug=slug,
            category=category_named(kind),
            colour=colour,
            price=Decimal(rng.randint(5, 200)),
            stock=5,
        )
        return product, self.context.catalogue.add(slug, self.name)

    def _save_new(
        self,
        what: str,
        product: Product,
        expected: ExpectedProduct,
        files: "list[ContentFile[bytes]]",
    ) -> None:
        with self.timed(what), self.context.catalogue.changing(expected, ProductState.SHOWN):
            with transaction.atomic():
                save_with_pictures(product, files)
            expected.key = product.pk

    def _publish(self, what: str, rng: Random, becomes: ProductState) -> None:
        expected = self.pick_own(rng)
        product = self.product(expected)
        product.published = becomes == ProductState.SHOWN
        with self.timed(what), self.context.catalogue.changing(expected, becomes):
            product.save(update_fields=["published"])


class PictureActions(ProductEditor):
    """Changes of pictures and their files."""

    def add_picture(self, rng: Random) -> None:
        expected = self.pick(rng)
        file = self.file(expected.slug, rng)
        with self._saving("picture added", expected):
            ProductImage.objects.create(product_id=expected.key, image=file, position=9)

    def replace_picture(self, rng: Random) -> None:
        row, expected = self.picture(rng)
        row.image = self.file(expected.slug, rng)
        with self._saving("picture replaced", expected):
            row.save()

    def overwrite_same_name(self, rng: Random) -> None:
        row, expected = self.picture(rng)
        row.image = ContentFile(pictures.good(rng), PurePath(row.image.name or "").name)
        with self._saving("picture replaced under its name", expected):
            row.save()

    def remove_picture(self, rng: Random) -> None:
        row, expected = self.picture(rng)
        with self._timed("picture removed", expected):
            row.delete()

    def change_picture_by_update(self, rng: Random) -> None:
        row, expected = self.picture(rng)
        file = self.file(expected.slug, rng)
        name = row.image.storage.save(f"products/{file.name}", file)
        with self.timed("picture changed by update()"), unsignalled(expected):
            ProductImage.objects.filter(pk=row.pk).update(image=name)

    def overwrite_behind_django(self, rng: Random) -> None:
        """As an upload to the bucket, past Django."""
        row, expected = self.picture(rng)
        with self.timed("file overwritten behind Django"), unsignalled(expected):
            row.image.storage.save(row.image.name, ContentFile(pictures.good(rng)))

    def lose_file(self, rng: Random) -> None:
        row, expected = self.picture(rng)
        with self.timed("file lost behind Django"), unsignalled(expected):
            row.image.storage.delete(row.image.name or "")

    @contextmanager
    def _saving(self, what: str, expected: ExpectedProduct) -> Iterator[None]:
        """A save in autocommit is committed before its signal, which a cut connection may lose."""
        began = time.monotonic()
        with self._timed(what, expected):
            yield
        span = Span(began=began, ended=time.monotonic())
        if self.context.outages.overlap(Part.ACTORS_DATABASE, span):
            expected.is_signalled = False

    @contextmanager
    def _timed(self, what: str, expected: ExpectedProduct) -> Iterator[None]:
        with self.timed(what), unsignalled_on_error(expected), conflict_on_deletion():
            yield


class Merchant(ProductActions, PictureActions):
    pauses = (0.02, 0.3)
    weights = {  # noqa: RUF012
        "create": 12,
        "create_broken": 2,
        "import_in_bulk": 1,
        "hide": 6,
        "show": 6,
        "hide_by_update": 3,
        "delete": 6,
        "change_price": 8,
        "rename": 3,
        "add_picture": 5,
        "replace_picture": 10,
        "overwrite_same_name": 6,
        "remove_picture": 4,
        "change_picture_by_update": 2,
        "overwrite_behind_django": 2,
        "lose_file": 1,
    }
