"""Saving many products: what the demo's clothes and the photo import have in common."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import chain, islice, zip_longest
from typing import TypeVar

from django.core.files.base import File
from django.utils.text import slugify

from ..models import CATEGORY_LENGTH, Category, Product, ProductImage

Item = TypeVar("Item")

BATCH_SIZE = 16
"""Products saved in one transaction; a worker can begin with them once it is committed."""


def category_named(name: str) -> Category:
    """The category of that name (clipped to CATEGORY_LENGTH), created where there is none."""
    # Slug and name are clipped separately: a letter such as "ﬃ" becomes several in a slug.
    slug = slugify(name)[:CATEGORY_LENGTH] or "other"
    defaults = {"name": name[:CATEGORY_LENGTH]}
    return Category.objects.get_or_create(slug=slug, defaults=defaults)[0]


def save_with_pictures(product: Product, pictures: Iterable["File[bytes]"]) -> Product:
    """Save a product and its pictures by ordinary saves, as the admin does."""
    product.save()
    for position, picture in enumerate(pictures):
        ProductImage.objects.create(product=product, image=picture, position=position)
    return product


def interleave(items: Iterable[Item], kind: Callable[[Item], Hashable]) -> Iterator[Item]:
    """Round-robin over the kinds, so that the shop's first page shows some of each."""
    kinds: dict[Hashable, list[Item | None]] = defaultdict(list)
    for item in items:
        kinds[kind(item)].append(item)
    rounds = chain.from_iterable(zip_longest(*kinds.values()))
    return (item for item in rounds if item is not None)


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Lists of BATCH_SIZE items; the last may be shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH_SIZE)):
        yield batch
