"""Products and their pictures for templates; no image file is opened."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError, transaction

from vrs_app.catalogue import Picture
from vrs_app.display import Display
from vrs_app.infra.transactions import SuppressErrors
from vrs_app.models import IndexedImage
from vrs_app.queries import Recommendation

from ..media.thumbnails import CARD, PAGE, THUMB, ZOOM, thumbnail_url
from ..models import Product
from . import reasons
from .reasons import Reason

logger = logging.getLogger(__name__)

Size = tuple[int, int]
FRAME: Size = (3, 4)  # the shape of the frames; assumed of pictures not yet measured


@dataclass(frozen=True, kw_only=True)
class SizedPicture:
    """One picture: its URL at each thumbnail width; its upright size in pixels, or FRAME."""

    name: str
    width: int
    height: int

    @property
    def is_near_frame(self) -> bool:
        """Whether it can fill the frame with little cut off."""
        return 0.66 <= self.width / self.height <= 0.86

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
    """A product of a list: its picture, if any, its URL, and why it is recommended."""

    product: Product
    picture: SizedPicture | None
    url: str
    reason: str = ""


def cards(products: Iterable[Product]) -> list[Card]:
    """Cards of products fetched with their images; one query more for any number of them.

    A product without an address, as one whose slug was emptied in SQL, is left out.
    """
    displays = [display for each in products if (display := Display(each)).can_show("url")]
    sizes = upright_sizes([each.product for each in displays])
    return [
        Card(
            product=each.product,
            picture=next(pictures_of(each.product, sizes), None),
            url=each.url or "",
        )
        for each in displays
    ]


def recommendation_cards(
    found: Iterable[Recommendation], reason: Reason = reasons.no_reason
) -> list[Card]:
    """Cards with the picture that matched, which may not be the main one; no query."""
    return [
        Card(
            product=each.product,
            picture=matched_picture(each.picture),
            url=each.url or "",
            reason=reason(each),
        )
        for each in found
    ]


def matched_picture(picture: Picture | None) -> SizedPicture | None:
    if picture is None:
        return None
    width, height = picture.width or FRAME[0], picture.height or FRAME[1]
    return SizedPicture(name=picture.name, width=width, height=height)


def gallery(product: Product) -> list[SizedPicture]:
    return list(pictures_of(product, upright_sizes([product])))


def pictures_of(product: Product, sizes: dict[tuple[int, str], Size]) -> Iterator[SizedPicture]:
    for row in product.images.all():
        if name := row.image.name:
            width, height = sizes.get((product.pk, name), FRAME)
            yield SizedPicture(name=name, width=width, height=height)


def upright_sizes(products: list[Product]) -> dict[tuple[int, str], Size]:
    """Sizes measured by the worker, by (product key, name); empty after a database error."""
    rows = IndexedImage.objects.filter(product__in=products)
    # A savepoint: a failed query must not abort the page's own transaction.
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
