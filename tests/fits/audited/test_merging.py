"""Duplicates are merged by django-extensions, which sets every relation that it is shown."""

import pytest
from django_extensions.management.commands.merge_model_instances import Command

from ..indexed import embed, found, has_words, photo, pictures
from .models import Product, Review

pytestmark = pytest.mark.django_db


def test_duplicates_are_merged() -> None:
    product, copy = (
        Product.objects.create(name="boots", image=photo(f"{name}.jpg")) for name in ("a", "b")
    )
    copy.image = product.image.name
    copy.save()
    Review.objects.create(product=copy, text="warm")
    embed()
    gone = copy.pk
    Command().merge_model_instances(product, [copy])
    assert product.reviews.count() == 1
    assert pictures(product) == ["products/a.jpg"]
    assert found("boots") == {product.pk}
    copy.pk = gone
    assert pictures(copy) == [] and not has_words(copy)


def test_a_copy_that_nobody_has_drained_yet_is_merged() -> None:
    product, copy = (Product.objects.create(name="boots", image=photo()) for _ in range(2))
    Command().merge_model_instances(product, [copy])
    assert found("boots") == {product.pk}
