"""A shop for each test, with pictures made in memory."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from shop.models import Category, Product, ProductImage
from vrs_app.testing import drain

MakeProduct = Callable[..., Product]


def picture_bytes(size: tuple[int, int] = (40, 50), format: str = "JPEG", **options: Any) -> bytes:
    """A small picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


@pytest.fixture
def dresses(db: None) -> Category:
    return Category.objects.create(name="Dresses", slug="dresses")


@pytest.fixture
def make_product(dresses: Category) -> MakeProduct:
    """Makes a product with so many `pictures`, and any field as given."""

    def make(name: str = "Red dress", *, pictures: int = 1, **fields: Any) -> Product:
        fields = {"category": dresses, "price": Decimal("49.90"), "stock": 9} | fields
        product = Product.objects.create(name=name, **fields)
        for position in range(pictures):
            file = ContentFile(picture_bytes(), f"{product.slug}-{position}.jpg")
            ProductImage.objects.create(product=product, image=file, position=position)
        drain()
        return product

    return make
