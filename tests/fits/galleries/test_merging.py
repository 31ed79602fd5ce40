"""Duplicates are merged by django-super-deduper."""

import pytest
from django_super_deduper.merge import MergedModelInstance

from ..indexed import embed, found, has_words, photo, pictures
from .models import Category, Cover, Photo, Product

pytestmark = pytest.mark.django_db


def test_a_copy_that_shares_its_photo_is_merged() -> None:
    product, copy = (Product.objects.create(name=f"boots {name}") for name in ("new", "copy"))
    shared, own = (Photo.objects.create(file=photo(name)) for name in ("a.jpg", "b.jpg"))
    product.photos.add(shared)
    copy.photos.set([shared, own])
    copy.categories.add(Category.objects.create(name="hiking"))
    copy.tags.add("winter")
    Cover.objects.create(product=copy, file=photo("cover.jpg"))
    embed()
    gone = copy.pk
    MergedModelInstance.create(product, [copy], keep_old=False)
    assert pictures(product) == ["covers/cover.jpg", "photos/a.jpg", "photos/b.jpg"]
    assert found("hiking winter new") == {product.pk}
    copy.pk = gone
    assert pictures(copy) == [] and not has_words(copy)
