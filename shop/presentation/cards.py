"""The pictures of products as templates need them, without opening any image file."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError, transaction

from vrs_app.catalogue import Picture
from vrs_app.infra.transactions import SuppressErrors
from vrs_app.models import IndexedImage
from vrs_app.queries import Recommendation

from ..media.thumbnails import CARD, PAGE, THUMB, ZOOM, thumbnail_url
from ..models import Product
from . import reasons
from .reasons import Reason

logger = logging.getLogger(__name__)

Size = tuple[int, int]
FRAME: Size = (4, 5)  # the shape of the frames; said of pictures not yet measured


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One picture: its address at each width, and its upright size or at least its shape."""

    name: str
    width: int
    height: int

    @property
    def is_near_frame(self) -> bool:
        """Whether filling the frame cuts off so little that no one misses it."""
        return 0.7 <= self.width / self.height <= 0.9

    @property
    def is_wide(self) -> bool:
        return self.width > self.height

    @property
    def thumb(self) -> str:
        return thumbnail_url(self.name, THUMB)

    @property
    def card(self) -> str:
        return thumbnail_url(self.name, CARD)

    @property
    def page(self) -> str:
        return thumbnail_url(self.name, PAGE)

    @property
    def zoom(self) -> str:
        return thumbnail_url(self.name, ZOOM)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A product of a list with a picture, if it has one, where its page is, and why it is here."""

    product: Product
    picture: Shown | None
    url: str
    reason: str = ""


def cards(products: Iterable[Product]) -> list[Card]:
    """Two queries for any number of products, fetched with their images."""
    listed = list(products)
    sizes = upright_sizes(listed)
    return [
        Card(
            product=each,
            picture=next(shown(each, sizes), None),
            url=each.get_absolute_url(),
        )
        for each in listed
    ]


def cards_of_matches(found: Iterable[Recommendation], reason: Reason = reasons.none) -> list[Card]:
    """Each with the picture that looks alike, which may not be the main one; no query."""
    return [
        Card(
            product=each.product,
            picture=matched(each.picture),
            url=each.url or "",
            reason=reason(each),
        )
        for each in found
    ]


def matched(picture: Picture | None) -> Shown | None:
    if picture is None:
        return None
    width, height = picture.width or FRAME[0], picture.height or FRAME[1]
    return Shown(name=picture.name, width=width, height=height)


def gallery(product: Product) -> list[Shown]:
    return list(shown(product, upright_sizes([product])))


def shown(product: Product, sizes: dict[tuple[int, str], Size]) -> Iterator[Shown]:
    for row in product.images.all():
        if name := row.image.name:
            width, height = sizes.get((product.pk, name), FRAME)
            yield Shown(name=name, width=width, height=height)


def upright_sizes(products: list[Product]) -> dict[tuple[int, str], Size]:
    """What the worker measured, by product and name; nothing where that cannot be asked."""
    rows = IndexedImage.objects.filter(product__in=products)
    # Atomic, since a failing query must not spoil the page's own.
    with SuppressErrors(_log, DatabaseError), transaction.atomic():
        return {
            (product, name): (width, height)
            for product, name, width, height in rows.values_list(
                "product_id", "name", "width", "height"
            )
            if width and height
        }
    return {}


def _log(error: Exception) -> None:
    logger.warning("The sizes of pictures could not be read.", exc_info=error)
