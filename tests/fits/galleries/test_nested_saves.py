"""A shop may save again while it saves."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models.signals import post_save

from ..indexed import found, photo, pictures
from .models import Cover, Photo, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def saves_again() -> Iterator[None]:
    """The shop completes each product after its save: a name, a photo, and a save of it."""

    def complete(instance: Product, **_: Any) -> None:
        if not instance.slug:
            instance.slug = "boots-1"
            instance.name = "boots of leather"
            instance.save()
            instance.photos.add(Photo.objects.create(file=photo("inner.jpg")))

    post_save.connect(complete, Product)
    yield
    post_save.disconnect(complete, Product)


@pytest.mark.usefixtures("saves_again")
def test_a_product_saved_within_its_save_is_known_as_the_last_save_left_it() -> None:
    product = Product.objects.create(name="boots")
    assert pictures(product) == ["photos/inner.jpg"]
    assert found("leather") == {product.pk}


def test_a_product_saved_within_the_save_of_its_cover_is_known() -> None:
    def rename(instance: Cover, **_: Any) -> None:
        instance.product.name = f"boots with {instance.pk} covers"
        instance.product.save()

    product = Product.objects.create(name="boots")
    post_save.connect(rename, Cover)
    try:
        cover = Cover.objects.create(product=product, file=photo("cover.jpg"))
    finally:
        post_save.disconnect(rename, Cover)
    assert pictures(product) == [cover.file.name]
    assert found("covers") == {product.pk}


def test_a_save_after_one_that_was_rolled_back_is_known() -> None:
    product = Product.objects.create(name="boots")
    assert found("boots") == {product.pk}
    with transaction.atomic():
        with pytest.raises(ValueError, match="no"), transaction.atomic():
            product.name = "clogs"
            product.save()
            raise ValueError("no")
        product.name = "shoes"
        product.save()
    assert (found("shoes"), found("clogs"), found("boots")) == ({product.pk}, set(), set())


def test_a_save_after_a_savepoint_of_the_shops_own_is_known() -> None:
    product = Product.objects.create(name="boots")
    assert found("boots") == {product.pk}
    with transaction.atomic():
        savepoint = transaction.savepoint()
        product.name = "clogs"
        product.save()
        transaction.savepoint_rollback(savepoint)
        product.name = "shoes"
        product.save()
    assert (found("shoes"), found("clogs")) == ({product.pk}, set())
