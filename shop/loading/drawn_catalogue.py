"""Filling the shop with the catalogue that the project draws itself."""

import os
from collections.abc import Generator, Sequence

from django.core.files.base import ContentFile
from django.db import transaction

from ..drawing import Garment, garments
from ..models import Product
from .products import category_named, chunked, interleaved, shelve
from .rendering import Sketches, sketches

PROCESSES = os.cpu_count() or 1


def missing(limit: int | None = None) -> list[Garment]:
    """The garments that the shop lacks, of the catalogue's first `limit` or of all."""
    catalogue = list(interleaved(garments(), lambda garment: garment.category))[:limit]
    present = set(Product.objects.values_list("slug", flat=True))
    return [garment for garment in catalogue if garment.slug not in present]


def fill(wanted: Sequence[Garment], processes: int = PROCESSES) -> Generator[Product]:
    """Draw and save each garment; what was yielded is committed, chunk by chunk."""
    for chunk in chunked(zip(wanted, sketches(wanted, processes), strict=True)):
        with transaction.atomic():
            saved = [shelve_garment(garment, drawn) for garment, drawn in chunk]
        yield from saved


def shelve_garment(garment: Garment, drawn: Sketches) -> Product:
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
    return shelve(product, [ContentFile(data, name) for name, data in drawn])
