"""The cards of the admin section: products with their place, and why they are shown or not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from vrs_app.admin import product_url
from vrs_app.catalogue import Picture, catalogue
from vrs_app.display import thumbnail_url, title_of
from vrs_app.models import IndexedImage
from vrs_app.queries import Recommendation, Source, offered


@dataclass(frozen=True, kw_only=True)
class Card:
    """A product, the reason why it is shown or not, and its place as in `rules`."""

    key: Any
    title: str
    place: str
    reason: str
    thumbnail_url: str | None
    admin_url: str | None


def reason(item: Recommendation) -> str:
    """The source of a recommendation, as text for a merchant."""
    return {
        Source.PINNED: _("pinned by hand"),
        Source.VISUAL: _("looks alike (%(similarity).2f)")
        % {"similarity": item.similarity if item.similarity is not None else 1},
        Source.TEXT: _("similar description"),
        Source.CATEGORY: _("same category"),
        Source.NEWEST: _("newest"),
    }[item.source]


def card_of(item: Recommendation, place: str, site: str) -> Card:
    """The card of a product that shoppers see; `site` is the name of the admin site."""
    return Card(
        key=item.product.pk,
        title=item.title,
        place=place,
        reason=reason(item),
        thumbnail_url=item.thumbnail_url,
        admin_url=product_url(item.product, site),
    )


class NotShown:
    """Products that shoppers do not see on this page, fetched together."""

    def __init__(self, keys: Collection[Any], site: str) -> None:
        self.site = site
        found = catalogue().products().in_bulk(list(keys))
        self.products = {key: found[key] for key in keys if key in found}
        on_sale_now = offered().filter(pk__in=self.products)
        self.on_sale = set(on_sale_now.values_list("pk", flat=True))
        images = IndexedImage.objects.shown().filter(product__in=self.products)
        main = images.order_by("product_id", "position", "pk").distinct("product_id")
        self.pictures: Mapping[Any, Picture] = {
            image.product_id: Picture(name=image.name, width=image.width, height=image.height)
            for image in main
        }

    @property
    def keys(self) -> list[Any]:
        return list(self.products)

    def why_not(self, key: Any, *, is_hidden: bool, row_is_empty: bool) -> str:
        """The reason why a pinned product is not shown."""
        if key not in self.on_sale:
            return _("pinned, but not on sale now")
        if is_hidden:
            return _("pinned, but hidden here too")
        if row_is_empty:
            return _("pinned, but nothing is shown here now")
        return _("pinned, but there is no room for it")

    def card(self, key: Any, place: str, reason: str) -> Card:
        product, picture = self.products[key], self.pictures.get(key)
        return Card(
            key=key,
            title=title_of(product),
            place=place,
            reason=reason,
            thumbnail_url=thumbnail_url(picture) if picture else None,
            admin_url=product_url(product, self.site),
        )
