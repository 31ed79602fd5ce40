"""The adapter to the shop: every access to its products goes through a `Catalogue`.

The class as it is serves a shop with one product model and one image field. Any other shop
names a subclass in `VRS["CATALOGUE"]` and overrides what differs. For what a shop does not
have, the defaults return None or nothing.
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
from .infra.translations import prefetch_translations

Product = TypeVar("Product", bound=models.Model)

Keys = Collection[Any] | models.QuerySet[Any]
"""Primary keys of products; those of a queryset are not fetched yet."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture for pages. `name` is its name in the storage.

    `width` and `height` are pixels of the upright picture, None until a worker has read it.
    """

    name: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """What a shopper did with a product.

    `product` is its primary key. `kind` is "viewed", "liked", "cart", "bought" or
    "dismissed". `at` is when; a naive datetime is in Django's current time zone.
    """

    product: Any
    kind: str
    at: datetime.datetime


class Catalogue(Generic[Product]):
    """Everything that the app needs to know of the shop's products.

    A subclass names the product model for the type checker: `Catalogue[Product]`. One instance
    serves all threads of a process, so methods keep no state.

    A method may raise anything. In a save the error is logged and the save goes on. A worker
    and `vrs_reconcile` report the product and go on with the others. On pages, in the API and in
    the admin, what a method raises for is left out, a product or a picture, and logged once an
    hour; the others are shown. An error of the database, or of a method that is about no single
    product, such as `visible`, costs a template tag its carousel, and is logged.
    """

    # --- which rows, which pictures ---------------------------------------------------

    @property
    def model(self) -> type[Product]:
        """The shop's product model, `VRS["PRODUCT_MODEL"]`.

        Raises LookupError if no such model is installed.
        """
        model: type[Product] = apps.get_model(conf.PRODUCT_MODEL)
        return model

    def watched_models(self) -> Collection[type[models.Model]]:
        """The models whose saves and deletions may change a product's pictures or texts.

        Called once, when Django starts. Their subclasses are watched too.
        """
        return [self.model]

    def products_of(self, row: models.Model) -> Iterable[Any]:
        """The primary keys of the products that `row`, of a watched model, belongs to.

        Called before a save with the stored row, after a save, before a deletion, and by a
        worker once they are committed. Many are best given as a queryset of primary keys: after
        a save and before a deletion it is not fetched. Empty if it belongs to none.
        """
        return [key_as(self.model, row)]

    def pictures(self, product: Product) -> Sequence[str]:
        """The names of a product's pictures in the storage, the main one first.

        Empty if it has none. A name that occurs twice counts once.
        """
        file = getattr(product, conf.IMAGE_FIELD)
        return [file.name] if file else []

    def products(self) -> models.QuerySet[Product]:
        """All products, hidden ones too, with related rows that the texts and `pictures` use.

        Use `select_related` and `prefetch_related` for what `pictures`, `title`, `text`,
        `category_name` and `attributes` access: they are called for hundreds of products.
        """
        return self.model._base_manager.all()

    @property
    def storage(self) -> Storage:
        """The storage that has the pictures' files."""
        field = self.model._meta.get_field(conf.IMAGE_FIELD)
        assert isinstance(field, models.FileField)
        return field.storage

    def open(self, name: str) -> "File[bytes]":
        """Open a picture's file for reading bytes; the worker calls it.

        Raises FileNotFoundError if the file is gone: the picture fails. Any other error means
        that the storage is unavailable: the picture waits.
        """
        return self.storage.open(name, "rb")

    def image_url(self, picture: Picture) -> str:
        """URL of the whole picture, absolute or relative to the site. Called on pages."""
        return self.storage.url(picture.name)

    def thumbnail_url(self, picture: Picture) -> str:
        """URL of a small version for lists; by default, of the whole picture. Called on pages."""
        return self.image_url(picture)

    # --- what may be shown --------------------------------------------------------------

    def visible(self, request: HttpRequest | None = None) -> models.QuerySet[Product]:
        """The products that may be shown to whom `request` is from.

        Every query of this app is restricted to them. `request` is None outside of requests
        and where the caller passes none.
        """
        return self.model._default_manager.all()

    def in_stock(self, queryset: models.QuerySet[Product]) -> models.QuerySet[Product] | None:
        """`queryset` without products that are sold out; None if the shop keeps no stock.

        Applied within `visible` while `VRS["HIDE_OUT_OF_STOCK"]` is set. Sold-out products
        keep pages with carousels of their own.
        """
        return None

    def priced(
        self,
        queryset: models.QuerySet[Product],
        price_min: Decimal | None,
        price_max: Decimal | None,
    ) -> models.QuerySet[Product] | None:
        """`queryset` restricted to these prices, both included; None if there are no prices.

        The prices are in the unit of `price`; None is no bound. Where this returns None, a
        query by price raises `vrs_app.exceptions.CatalogueLacks`.
        """
        return None

    def newest(self, queryset: models.QuerySet[Product]) -> models.QuerySet[Product] | None:
        """`queryset` ordered by age, the newest product first; None if ages are unknown.

        Used for the source "newest".
        """
        return None

    # --- what shoppers did ----------------------------------------------------------------

    def interactions(self, shopper: Any) -> Iterable[Interaction] | None:
        """What a user or an anonymous visitor did, in any order, for a shop that records it.

        `shopper` is a `vrs_app.contrib.history.Shopper`. None: the rows of that app count.
        Likes and dismissals by that app's own buttons always count. An error is logged, and
        counts as no interactions.
        """
        return None

    # --- what a product is --------------------------------------------------------------

    def title(self, product: Product) -> str:
        """The name as shoppers read it; indexed for search with the highest weight."""
        return str(product)

    def url(self, product: Product) -> str | None:
        """URL of the product's page, absolute or relative to the site; None for no link."""
        method = getattr(product, "get_absolute_url", None)
        return method() if method else None

    def text(self, product: Product) -> str | None:
        """The description, plain or HTML, of which 20,000 characters are indexed for search."""
        return None

    def category(self, product: Product) -> Any | None:
        """A value that is equal for products of one category, such as its primary key.

        Used by `vrs_evaluate`; None for a product without a category.
        """
        return None

    def category_name(self, product: Product) -> str | None:
        """The category as shoppers read it; indexed for search.

        By default `category`, if that is a string.
        """
        category = self.category(product)
        return category if isinstance(category, str) else None

    def same_category(
        self, product: Product, queryset: models.QuerySet[Product]
    ) -> models.QuerySet[Product] | None:
        """`queryset` restricted to the product's category, in the order to show.

        Used for the source "category"; None if the product has no category.
        """
        return None

    def attributes(self, product: Product) -> Mapping[str, str]:
        """Further properties by name, {"material": "silk"}; the values are indexed for search."""
        return {}

    def colour_words(self, product: Product, colours: Mapping[str, float]) -> str | None:
        """Words, separated by spaces, by which a search finds the product's measured colours.

        `colours` are shares of the garment in its main picture, 0 to 1, by the names of
        `vrs_app.vision.SHADES`; empty if none were measured. "" indexes no colours.
        None: the words of `vrs_app.vision.words_of`.
        """
        return None

    def price(self, product: Product) -> Decimal | None:
        """The price in the shop's currency, in the unit of `priced`; None if it has none."""
        return None

    def price_label(self, product: Product) -> str | None:
        """The price as shoppers read it, with its currency; None for no price.

        By default the number of `price`.
        """
        price = self.price(product)
        return None if price is None else str(price)

    def stock(self, product: Product) -> int | None:
        """The units in stock; None if the shop does not count them.

        Not called yet: it is read by rules to come. `in_stock` is what hides sold-out products.
        """
        return None

    def date(self, product: Product) -> datetime.datetime | None:
        """When the product came into the shop, time-zone aware; None if that is unknown.

        Not called yet: it is read by rules to come. `newest` is what orders by age.
        """
        return None


def catalogue() -> Catalogue[Any]:
    """The shop's Catalogue by the present settings; one instance per class.

    Raises ImportError if `VRS["CATALOGUE"]` cannot be imported.
    """
    return _catalogue(conf.CATALOGUE)


def products_with(keys: Collection[Any]) -> models.QuerySet[Any]:
    """The products with these primary keys, as `Catalogue.products` fetches them; lazy.

    From the database that our rows are written to: a replica may lag behind the save. The
    translations are fetched too: django-parler would look them up in a cache, where a worker
    may find old ones.
    """
    from .infra.db import database  # needs models; a Catalogue is imported before them

    products = catalogue().products().using(database()).filter(pk__in=keys)
    return prefetch_translations(products)


def keys_of(products: Iterable[Any]) -> Keys:
    """What `products_of` has given, as primary keys; a queryset is not fetched.

    Products are taken for their keys, also those of a queryset.
    """
    if isinstance(products, models.QuerySet):
        [name, *_] = getattr(products, "_fields", None) or ("pk",)
        return products.values_list(name, flat=True)
    return [each.pk if isinstance(each, models.Model) else each for each in products]


def key_as(model: type[models.Model], row: models.Model) -> Any:
    """The primary key of `row`, which is of the model's family, as a row of `model`.

    A row of a child model may have a key of its own beside its parent's. A fixture's has of its
    parent's fields the link alone.
    """
    key = getattr(row, model._meta.pk.attname, None)
    if key is None and (link := row._meta.get_ancestor_link(model)):
        key = getattr(row, link.attname)
    return row.pk if key is None else key


@lru_cache(maxsize=8)
def _catalogue(path: str) -> Catalogue[Any]:
    built: Catalogue[Any] = import_string(path)()
    return built
