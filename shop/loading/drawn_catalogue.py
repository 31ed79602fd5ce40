"""Loading the drawn demo catalogue into the shop."""

import os
from collections.abc import Generator, Sequence

from django.core.files.base import ContentFile
from django.db import transaction

from ..drawing import Garment, garments
from ..models import Product
from .products import batches, category_named, interleave, save_with_pictures
from .rendering import RenderedViews, render_all

PROCESSES = os.cpu_count() or 1


def missing(limit: int | None = None) -> list[Garment]:
    """Garments of the catalogue (its first `limit`, or all) that are not in the shop, by slug."""
    catalogue = list(interleave(garments(), lambda garment: garment.category))[:limit]
    present = set(Product.objects.values_list("slug", flat=True))
    return [garment for garment in catalogue if garment.slug not in present]


def fill(wanted: Sequence[Garment], processes: int = PROCESSES) -> Generator[Product]:
    """Draw and save each garment in batches; a yielded product is committed."""
    for batch in batches(zip(wanted, render_all(wanted, processes), strict=True)):
        with transaction.atomic():
            saved = [save_garment(garment, views) for garment, views in batch]
        yield from saved


def save_garment(garment: Garment, views: RenderedViews) -> Product:
    product = Product(
        name=garment.name,
        slug=garment.slug,
        category=category_named(garment.category),
        description=garment.description,
        colour=garment.colour,
        pattern=garment.pattern,
        price=garment.price,
        stock=garment.stock,
    )
    return save_with_pictures(product, [ContentFile(data, name) for name, data in views])
