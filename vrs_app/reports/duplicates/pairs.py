"""Pairs of near-duplicates: as keys while they are computed, as products for the caller."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...catalogue import Picture, catalogue
from ...conf import conf
from ...models import IndexedImage


class Link(NamedTuple):
    """A pair as keys: the cosine similarity, both products and both image rows."""

    similarity: float
    product: Any
    other: Any
    image: int
    other_image: int


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two of the shop's products with the pictures by which they are near-duplicates.

    `similarity` is the cosine similarity of the pictures, 1 at most; `same_photo`: their files are
    identical, byte for byte.
    """

    product: Any
    other: Any
    similarity: float
    picture: Picture
    other_picture: Picture
    same_photo: bool


def valid_threshold(threshold: float | None) -> float:
    """`threshold`; for None `VRS["DUPLICATE_THRESHOLD"]`, which alone may be above 1.

    Raises ValueError for a threshold outside 0 to 1.
    """
    if threshold is None:
        return conf.DUPLICATE_THRESHOLD
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        raise ValueError(f"threshold takes a number from 0 to 1, not {threshold!r}.")
    if math.isnan(threshold) or not 0 <= threshold <= 1:
        raise ValueError(f"threshold takes a number from 0 to 1, not {threshold!r}.")
    return threshold


def pairs_of(links: Sequence[Link]) -> list[Pair]:
    """The pairs of `links`, without those whose product or picture was deleted meanwhile."""
    products = catalogue().products().in_bulk({key for link in links for key in link[1:3]})
    images = IndexedImage.objects.shown().in_bulk({key for link in links for key in link[3:5]})
    return [
        _pair_of(link, products, images)
        for link in links
        if {link.product, link.other} <= products.keys()
        and {link.image, link.other_image} <= images.keys()
    ]


def _pair_of(link: Link, products: dict[Any, Any], images: dict[int, IndexedImage]) -> Pair:
    image, other_image = images[link.image], images[link.other_image]
    return Pair(
        product=products[link.product],
        other=products[link.other],
        similarity=min(1.0, link.similarity),
        picture=_picture(image),
        other_picture=_picture(other_image),
        same_photo=bool(image.digest) and image.digest == other_image.digest,
    )


def _picture(image: IndexedImage) -> Picture:
    return Picture(name=image.name, width=image.width, height=image.height)
