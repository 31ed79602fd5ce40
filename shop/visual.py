"""The shop's Catalogue: the one class that a shop with a gallery writes."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.files.storage import Storage
from django.db import models
from django.http import HttpRequest

from vrs_app.catalogue import Catalogue, Picture

from .media.thumbnails import CARD, thumbnail_url
from .models import Product, ProductImage
from .presentation.money import price_label


class ShopCatalogue(Catalogue[Product]):
    def watched_models(self) -> Collection[type[models.Model]]:
        return [Product, ProductImage]

    def products_of(self, row: models.Model) -> Iterable[Any]:
        if isinstance(row, ProductImage):
            return [row.product_id]
        return [row.pk]

    def pictures(self, product: Product) -> Sequence[str]:
        return [row.image.name for row in product.images.all() if row.image.name]

    def products(self) -> models.QuerySet[Product]:
        return Product._base_manager.select_related("category").prefetch_related("images")

    @property
    def storage(self) -> Storage:
        return ProductImage._meta.get_field("image").storage

    def thumbnail_url(self, picture: Picture) -> str:
        return thumbnail_url(picture.name, CARD)

    def visible(self, request: HttpRequest | None = None) -> models.QuerySet[Product]:
        return Product.objects.published()

    def in_stock(self, queryset: models.QuerySet[Product]) -> models.QuerySet[Product] | None:
        return queryset.filter(stock__gt=0)

    def priced(
        self,
        queryset: models.QuerySet[Product],
        price_min: Decimal | None,
        price_max: Decimal | None,
    ) -> models.QuerySet[Product] | None:
        if price_min is not None:
            queryset = queryset.filter(price__gte=price_min)
        if price_max is not None:
            queryset = queryset.filter(price__lte=price_max)
        return queryset

    def newest(self, queryset: models.QuerySet[Product]) -> models.QuerySet[Product] | None:
        return queryset.order_by("-created", "-pk")

    def text(self, product: Product) -> str | None:
        return product.description or None

    def category(self, product: Product) -> Any | None:
        # The key, not the row: it needs no query, however the product was fetched.
        return product.category_id

    def category_name(self, product: Product) -> str | None:
        return product.category.name

    def same_category(
        self, product: Product, queryset: models.QuerySet[Product]
    ) -> models.QuerySet[Product] | None:
        return queryset.filter(category_id=product.category_id).order_by("-created", "-pk")

    def attributes(self, product: Product) -> Mapping[str, str]:
        named = {
            "colour": product.colour,
            "pattern": product.pattern,
            "size": product.size,
            "condition": product.condition,
        }
        return {name: value for name, value in named.items() if value}

    def price(self, product: Product) -> Decimal | None:
        return product.price

    def price_label(self, product: Product) -> str | None:
        return price_label(product.price)

    def stock(self, product: Product) -> int | None:
        return product.stock

    def date(self, product: Product) -> datetime.datetime | None:
        return product.created
