"""A storage that overwrites gives two products one file."""

import pytest
from django.core.files.base import ContentFile

from vrs_app.models import ImageEmbedding, IndexedImage

from ...shapes import shape
from ..indexed import embed
from .models import Product

pytestmark = pytest.mark.django_db


def upload(name: str, kind: str) -> Product:
    return Product.objects.create(name=name, image=ContentFile(shape(kind), "image.png"))


def vector_of(product: Product) -> list[float]:
    vector: list[float] = ImageEmbedding.objects.get(image__product=product).vector
    return vector


def test_two_products_that_upload_one_name_are_both_known_by_the_present_bytes() -> None:
    first = upload("first", "disc")
    embed()
    before = vector_of(first)
    second = upload("second", "stripes")
    embed()
    assert first.image.name == second.image.name == "products/image.png"
    rows = IndexedImage.objects.all()
    assert len(rows) == 2 and len({row.digest for row in rows}) == 1
    assert vector_of(first) == vector_of(second) != before


def test_both_uploads_before_the_worker_came_are_known_by_the_last_bytes() -> None:
    first, second = upload("first", "disc"), upload("second", "stripes")
    embed()
    third = upload("third", "stripes")
    embed()
    assert vector_of(first) == vector_of(second) == vector_of(third)
