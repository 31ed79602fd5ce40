"""Merchants who change the shop through Django, as its own code and its imports do."""

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
from ..expected import Known, Standing
from ..timeline import Part, Span
from .editing import Saver, overtaken_by_deletion, untold, untold_if_cut_off

MOST_PRODUCTS = 400
"""From so many on, who would bring a product takes one away."""


class ProductDoings(Saver):
    def bring(self, chance: Random) -> None:
        if len(self.scenery.shelf) >= MOST_PRODUCTS:
            self.delete(chance)
            return
        product, known = self._new(chance)
        files = [self.file(known.slug, chance) for _ in range(chance.choice((1, 1, 2, 3)))]
        self._shelve("product saved", product, known, files)

    def bring_broken(self, chance: Random) -> None:
        product, known = self._new(chance)
        code, data = pictures.broken(chance)
        self.scenery.journal.broken[sha256(data).hexdigest()] = code
        file = ContentFile(data, f"{known.slug}-broken.jpg")
        self._shelve("product with a broken picture saved", product, known, [file])

    def import_in_bulk(self, chance: Random) -> None:
        made = [self._new(chance) for _ in range(3)]
        products, announced = [each for each, _ in made], [known for _, known in made]
        with self.timed("3 products by bulk_create()"), untold(*announced), transaction.atomic():
            Product.objects.bulk_create(products)
            ProductImage.objects.bulk_create(
                ProductImage(product=product, image=self.file(product.slug, chance))
                for product in products
            )
        for product, known in made:
            known.key = product.pk
            self.scenery.shelf.note(known, Standing.SHOWN)

    def hide(self, chance: Random) -> None:
        self._publish("product hidden", chance, Standing.HIDDEN)

    def show(self, chance: Random) -> None:
        self._publish("product shown again", chance, Standing.SHOWN)

    def hide_by_update(self, chance: Random) -> None:
        known = self.own(chance)
        changing = self.scenery.shelf.changing(known, Standing.HIDDEN)
        with self.timed("product hidden by update()"), changing:
            Product.objects.filter(pk=known.key).update(published=False)

    def delete(self, chance: Random) -> None:
        known = self.own(chance)
        changing = self.scenery.shelf.changing(known, Standing.DELETED)
        with self.timed("product deleted"), changing, overtaken_by_deletion():
            Product.objects.filter(pk=known.key).delete()

    def change_price(self, chance: Random) -> None:
        product = self.product(self.anybodys(chance))
        product.price = Decimal(chance.randint(5, 200))
        with self.timed("price changed"), overtaken_by_deletion():
            product.save(update_fields=["price"])

    def rename(self, chance: Random) -> None:
        product = self.product(self.anybodys(chance))
        product.name = f"{chance.choice(pictures.COLOURS)} {chance.choice(pictures.KINDS)}"
        with self.timed("product renamed"), overtaken_by_deletion():
            product.save(update_fields=["name"])

    def _new(self, chance: Random) -> tuple[Product, Known]:
        self.number += 1
        colour, kind = chance.choice(pictures.COLOURS), chance.choice(pictures.KINDS)
        slug = f"{self.name}-{self.number}"
        product = Product(
            name=f"{colour} {kind}",
            slug=slug,
            category=category_named(kind),
            colour=colour,
            price=Decimal(chance.randint(5, 200)),
            stock=5,
        )
        return product, self.scenery.shelf.announce(slug, self.name)

    def _shelve(
        self, what: str, product: Product, known: Known, files: "list[ContentFile[bytes]]"
    ) -> None:
        with self.timed(what), self.scenery.shelf.changing(known, Standing.SHOWN):
            with transaction.atomic():
                save_with_pictures(product, files)
            known.key = product.pk

    def _publish(self, what: str, chance: Random, becomes: Standing) -> None:
        known = self.own(chance)
        product = self.product(known)
        product.published = becomes == Standing.SHOWN
        with self.timed(what), self.scenery.shelf.changing(known, becomes):
            product.save(update_fields=["published"])


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


class Merchant(ProductDoings, PictureDoings):
    pauses = (0.02, 0.3)
    weights = {  # noqa: RUF012
        "bring": 12,
        "bring_broken": 2,
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
