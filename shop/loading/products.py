"""Putting many products on the shelves; what drawing and importing them have in common."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import chain, islice, zip_longest
from typing import TypeVar

from django.core.files.base import File
from django.utils.text import slugify

from ..models import CATEGORY_LENGTH, Category, Product, ProductImage

Thing = TypeVar("Thing")

CHUNK = 16
"""Products that are saved in one transaction, so that a worker can begin with them."""


def category_named(name: str) -> Category:
    """The category of that name, which is clipped, made if there is none."""
    # Each is clipped by itself: a letter such as "ﬃ" becomes several.
    slug = slugify(name)[:CATEGORY_LENGTH] or "other"
    defaults = {"name": name[:CATEGORY_LENGTH]}
    return Category.objects.get_or_create(slug=slug, defaults=defaults)[0]


def shelve(product: Product, pictures: Iterable["File[bytes]"]) -> Product:
    """Save a product and its pictures, each by an ordinary save, as the admin does."""
    product.save()
    for position, picture in enumerate(pictures):
        ProductImage.objects.create(product=product, image=picture, position=position)
    return product


def interleaved(things: Iterable[Thing], kind: Callable[[Thing], Hashable]) -> Iterator[Thing]:
    """One thing of each kind in turn, so that the shop's first page shows some of all."""
    kinds: dict[Hashable, list[Thing | None]] = defaultdict(list)
    for thing in things:
        kinds[kind(thing)].append(thing)
    rounds = chain.from_iterable(zip_longest(*kinds.values()))
    return (thing for thing in rounds if thing is not None)


def chunked(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    waiting = iter(things)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
