"""Loading the demo's clothes into the shop."""

from collections.abc import Generator, Sequence
from pathlib import Path

from django.core.files.base import ContentFile
from django.db import transaction

from ..models import Product
from .products import batches, category_named, interleave, save_with_pictures
from .table import FOLDER, PHOTOS, Garment, read


def missing(limit: int | None = None, folder: Path = FOLDER) -> list[Garment]:
    """Garments of the table (`limit` of them, or all) that are not in the shop, by slug.

    Categories take turns, and what comes first in the table comes last here: the newest products
    are the first that the shop shows, so its front page begins with some of each category.
    """
    garments = list(interleave(read(folder), lambda garment: garment.category))[:limit]
    present = set(Product.objects.values_list("slug", flat=True))
    return [garment for garment in reversed(garments) if garment.slug not in present]


def fill(wanted: Sequence[Garment], folder: Path = FOLDER) -> Generator[Product]:
    """Save the garments in batches; a yielded product is committed."""
    for batch in batches(wanted):
        with transaction.atomic():
            saved = [save_garment(garment, folder) for garment in batch]
        yield from saved


def save_garment(garment: Garment, folder: Path = FOLDER) -> Product:
    product = Product(
        name=garment.name,
        slug=garment.slug,
        category=category_named(garment.category),
        description=garment.description,
        colour=", ".join(garment.colours),
        pattern=garment.pattern,
        size=garment.size,
        condition=garment.condition,
        price=garment.price,
        stock=garment.stock,
        published=garment.published,
    )
    paths = [folder / PHOTOS / name for name in garment.photos]
    pictures = [ContentFile(path.read_bytes(), path.name) for path in paths]
    return save_with_pictures(product, pictures)
