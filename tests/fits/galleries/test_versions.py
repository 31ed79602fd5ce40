"""django-reversion brings former products back, by raw saves and children first."""

import pytest
import reversion
from django.test import Client
from reversion.models import Version

from ..indexed import found, has_words, photo, pictures
from .models import Cover, Photo, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    """Boots with a cover and a photo; then shoes with another cover and no photo."""
    with reversion.create_revision():
        product = Product.objects.create(name="boots")
        product.photos.add(Photo.objects.create(file=photo("red.jpg")))
        Cover.objects.create(product=product, file=photo("first.jpg"))
    with reversion.create_revision():
        product.name = "shoes"
        product.save()
        product.photos.clear()
        Cover.objects.create(product=product, file=photo("second.jpg"))
    return product


def test_a_reverted_product_is_known_as_it_was(product: Product) -> None:
    assert pictures(product) == ["covers/first.jpg", "covers/second.jpg"]
    assert found("shoes") == {product.pk}
    Version.objects.get_for_object(product)[1].revision.revert(delete=True)
    assert pictures(product) == ["covers/first.jpg", "photos/red.jpg"]
    assert (found("boots"), found("shoes")) == ({product.pk}, set())


def test_a_recovered_product_is_known_again(product: Product) -> None:
    key = product.pk
    product.delete()
    product.pk = key
    assert pictures(product) == [] and not has_words(product)
    Version.objects.get_deleted(Product).get(object_id=str(key)).revision.revert()
    assert pictures(product) == ["covers/first.jpg", "covers/second.jpg"]
    assert found("shoes") == {key}


def test_a_product_is_known_as_it_is_until_a_version_is_saved_in_the_admin(
    staff: Client, product: Product
) -> None:
    version = Version.objects.get_for_object(product)[1]
    page = f"/admin/galleries/product/{product.pk}/history/{version.pk}/"
    answer = staff.get(page)
    assert "boots" in answer.content.decode()
    assert found("shoes") == {product.pk}
    photos = Photo.objects.values_list("pk", flat=True)
    assert staff.post(page, {"name": "boots", "photos": list(photos)}).status_code == 302
    assert pictures(product) == ["covers/first.jpg", "photos/red.jpg"]
    assert (found("boots"), found("shoes")) == ({product.pk}, set())
