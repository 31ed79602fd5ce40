"""What a shop does to a product with one picture, each time with a number of its own; and whether
our rows agree with it.
"""

from collections.abc import Callable
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import connection

from shop.models import Product, ProductImage
from vrs_app.indexing import compare
from vrs_app.models import Change, ImageEmbedding
from vrs_app.testing import drain

from ..shapes import shape

Save = Callable[[Product, int], object]


def picture_of(product: Product) -> ProductImage:
    return ProductImage.objects.filter(product=product).order_by("pk")[0]


def save_new(product: Product, number: int) -> None:
    fields = {"category": product.category, "price": Decimal(10)}
    add_picture(Product.objects.create(name=f"New {number}", **fields), number)


def add_picture(product: Product, number: int) -> None:
    file = ContentFile(shape("bars", seed=number), f"added-{number}.jpg")
    ProductImage.objects.create(product=product, image=file, position=number + 1)


def replace_file(product: Product, number: int) -> None:
    picture = picture_of(product)
    picture.image = ContentFile(shape("stripes", seed=number), f"replaced-{number}.jpg")
    picture.save()


def delete_picture(product: Product, number: int) -> None:
    picture_of(product).delete()


def rename(product: Product, number: int) -> None:
    product.name = f"Renamed {number}"
    product.save()


def delete(product: Product, number: int) -> None:
    product.delete()


def delete_in_sql(product: Product, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM shop_productimage WHERE product_id = %s", [product.pk])
        cursor.execute("DELETE FROM shop_product WHERE id = %s", [product.pk])


SAVES = [save_new, add_picture, replace_file, delete_picture, rename, delete]


def differences() -> int:
    """Rows that are not as the products are committed."""
    compared = compare.sync_catalogue(find_only=True)
    assert not compared.faults
    return compared.changes.pictures + compared.changes.words


def is_drained() -> bool:
    """Drain; whether nothing is left, as a product that is retried in a second."""
    drain()
    return not Change.objects.exists()


def outdated() -> bool:
    """Whether a vector may be served whose file its product does not show any more."""
    shown = set(ProductImage.objects.values_list("image", flat=True))
    served = ImageEmbedding.objects.filter(ImageEmbedding.is_servable())
    return bool(set(served.values_list("image__name", flat=True)) - shown)
