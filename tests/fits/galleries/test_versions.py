"""django-reversion brings former products back, by raw saves and children first."""

import pytest
import reversion
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
