from collections.abc import Collection, Iterable
from typing import Any

from django.db import models

from vrs_app.catalogue import Catalogue

from .models import Product, Shelf


class ShopCatalogue(Catalogue[Product]):
    """It prefetches no translations."""

    def watched_models(self) -> Collection[type[models.Model]]:
        return [Product, Shelf]

    def products_of(self, row: models.Model) -> Iterable[Any]:
        if isinstance(row, Shelf):
            return row.product_set.values_list("pk", flat=True)
        return [row.pk]

    def products(self) -> models.QuerySet[Product]:
        return Product.objects.select_related("shelf")

    def category_name(self, product: Product) -> str | None:
        return str(product.shelf) if product.shelf else None
