"""The one place that reads a shop's products.

The ready-made `Catalogue` serves a shop with one product model and one image field. Any
other shop names a subclass in `VRS["CATALOGUE"]` and overrides what differs. What a shop
does not have stays absent: the methods below then answer None or nothing.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import models
from django.http import HttpRequest
from django.utils.module_loading import import_string

from .conf import conf
from .infra.db import database

Product = TypeVar("Product", bound=models.Model)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of a product as pages need it; the size is that of the upright picture."""

    name: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """What a shopper once did with a product, of the primary key `product`.

    `kind` is "viewed", "liked", "cart", "bought" or "dismissed".
    """

    product: Any
    kind: str
    at: datetime.datetime


class Catalogue(Generic[Product]):
    """Answers every question that the app asks about the shop's products.

    A subclass names the product model for the type checker: `Catalogue[Product]`.
    """

    # --- which rows, which pictures ---------------------------------------------------

    @property
    def model(self) -> type[Product]:
        """The shop's product model."""
        model: type[Product] = apps.get_model(conf.PRODUCT_MODEL)
        return model

    def watched_models(self) -> Collection[type[models.Model]]:
        """Models whose saves and deletes may change a product's pictures.

        Asked once, when Django starts; models that inherit from them are watched too.
        """
        return [self.model]

    def products_of(self, row: models.Model) -> Iterable[Any]:
        """The primary keys of the products whose pictures `row`, a watched row, bears on."""
        return [row.pk]

    def pictures(self, product: Product) -> Sequence[str]:
        """The storage names of a product's pictures, the main one first."""
        file = getattr(product, conf.IMAGE_FIELD)
        return [file.name] if file else []

    def products(self) -> models.QuerySet[Product]:
        """Every product, hidden ones too, with what `pictures` and the texts read already fetched.

        The texts are `title`, `text`, `category_name` and `attributes`.
        """
        return self.model._base_manager.all()

    @property
    def storage(self) -> Storage:
        """Where the pictures lie."""
        field = self.model._meta.get_field(conf.IMAGE_FIELD)
        assert isinstance(field, models.FileField)
        return field.storage

    def open(self, name: str) -> "File[bytes]":
        """Open one picture's bytes; FileNotFoundError says that it is gone."""
        return self.storage.open(name, "rb")

    def image_url(self, picture: Picture) -> str:
        """Address of the whole picture."""
        return self.storage.url(picture.name)

    def thumbnail_url(self, picture: Picture) -> str:
        """Address of a small version for lists; the whole picture where there is none."""
        return self.image_url(picture)

    # --- what may be shown --------------------------------------------------------------

    def visible(self, request: HttpRequest | None = None) -> models.QuerySet[Product]:
        """The products that may be shown; applied inside every query of this app."""
        return self.model._default_manager.all()

    def in_stock(self, queryset: models.QuerySet[Product]) -> models.QuerySet[Product] | None:
        """`queryset` without what is sold out, which keeps its page; None: there is no stock."""
        return None

    def priced(
        self,
        queryset: models.QuerySet[Product],
        price_min: Decimal | None,
        price_max: Decimal | None,
    ) -> models.QuerySet[Product] | None:
        """`queryset` narrowed to these prices, both included; None: there are no prices."""
        return None

    def newest(self, queryset: models.QuerySet[Product]) -> models.QuerySet[Product] | None:
        """`queryset`, the newest product first; None: nobody knows which that is."""
        return None

    # --- what shoppers did ----------------------------------------------------------------

    def interactions(self, shopper: Any) -> Iterable[Interaction] | None:
        """What a user, or an anonymous visitor, did; for a shop that notes it by itself.

        `shopper` is a `vrs_app.contrib.history.Shopper`. None: what that app noted counts.
        What was liked or dismissed by that app's own buttons counts besides.
        """
        return None

    # --- what a product is --------------------------------------------------------------

    def title(self, product: Product) -> str:
        return str(product)

    def url(self, product: Product) -> str | None:
        method = getattr(product, "get_absolute_url", None)
        return method() if method else None

    def text(self, product: Product) -> str | None:
        """The description."""
        return None

    def category(self, product: Product) -> Any | None:
        """The value that products of the same category share."""
        return None

    def category_name(self, product: Product) -> str | None:
        """The category as shoppers read it; searched for words."""
        category = self.category(product)
        return category if isinstance(category, str) else None

    def same_category(
        self, product: Product, queryset: models.QuerySet[Product]
    ) -> models.QuerySet[Product] | None:
        """`queryset` narrowed to the product's category, in the order to show; None: no such."""
        return None

    def attributes(self, product: Product) -> Mapping[str, str]:
        return {}

    def colour_words(self, product: Product, colours: Mapping[str, float]) -> str | None:
        """What a search finds a product by, of the colours measured in its main picture.

        `colours` are shares of the garment, 0 to 1, by the names of
        `vrs_app.vision.palette.SHADES`. None: the words of
        `vrs_app.vision.colour_terms.words_of`.
        """
        return None

    def price(self, product: Product) -> Decimal | None:
        return None

    def price_label(self, product: Product) -> str | None:
        """The price as shoppers read it, with its currency."""
        price = self.price(product)
        return None if price is None else str(price)

    def stock(self, product: Product) -> int | None:
        return None

    def date(self, product: Product) -> datetime.datetime | None:
        """When the product came into the shop."""
        return None


def catalogue() -> Catalogue[Any]:
    """The shop's catalogue, as the settings name it now."""
    return _catalogue(conf.CATALOGUE)


def products_with(keys: Collection[Any]) -> models.QuerySet[Any]:
    """The products of these keys with what is noted of them already fetched; a lazy QuerySet.

    From the database that is written: a replica may not know yet what was saved just now.
    """
    return catalogue().products().using(database()).filter(pk__in=keys)


@lru_cache(maxsize=8)
def _catalogue(path: str) -> Catalogue[Any]:
    built: Catalogue[Any] = import_string(path)()
    return built
