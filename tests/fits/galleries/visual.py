from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.files.storage import Storage
from django.db import models
from django.db.models import Q
from taggit.models import Tag

from vrs_app.catalogue import Catalogue

from .models import Category, Cover, Photo, Product


class ShopCatalogue(Catalogue[Product]):
    def watched_models(self) -> Collection[type[models.Model]]:
        return [Product, Cover, Photo, Category, Tag]

    def products_of(self, row: models.Model) -> Iterable[Any]:
        match row:
            case Product():
                return [row.pk]
            case Cover():
                return [row.product_id]
            case Photo():
                shown = Q(photos=row) | Q(details=row) | Q(looks=row)
            case Category():
                shown = Q(categories=row)
            case _:
                shown = Q(tags=row)
        return Product.objects.filter(shown).values_list("pk", flat=True)

    def pictures(self, product: Product) -> Sequence[str]:
        rows = [*product.covers.all(), *product.photos.all(), *product.details.all()]
        looks = [look.photo for look in product.look_set.all()]
        return [row.file.name for row in rows + looks]

    def products(self) -> models.QuerySet[Product]:
        related = ("covers", "photos", "details", "look_set__photo", "categories", "tags")
        return Product.objects.prefetch_related(*related)

    @property
    def storage(self) -> Storage:
        return Photo._meta.get_field("file").storage

    def attributes(self, product: Product) -> Mapping[str, str]:
        names = [*product.categories.all(), *product.tags.all()]
        return {"shelves": " ".join(str(name) for name in names)}
