"""Which products and files a save or a deletion notes, also where a Catalogue answers lazily."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models, transaction
from django.test.utils import isolate_apps

from shop.models import Category, Product, ProductImage
from vrs_app.catalogue import catalogue
from vrs_app.models import Change, IndexedImage
from vrs_app.receivers import saves
from vrs_app.receivers.watched import Watched
from vrs_app.testing import drain

from ..conftest import MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


def owners() -> list[Any]:
    return list(IndexedImage.objects.order_by("pk").values_list("product", flat=True))


@pytest.fixture
def save_category(monkeypatch: pytest.MonkeyPatch) -> Callable[[Category], None]:
    """Save a category in a shop whose Catalogue watches them."""
    watched = saves._watched | {Category: Watched(model=Category)}
    monkeypatch.setattr(saves, "_watched", watched)

    def save(category: Category) -> None:
        with transaction.atomic():
            saves.before_save(sender=Category, instance=category, using="default")
            category.save()
            saves.after_save(sender=Category, instance=category, using="default")

    return save


def test_a_moved_picture_leaves_the_product_that_a_queryset_finds_only_before_the_save(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_shown(shape()), make_shown()
    monkeypatch.setattr(
        catalogue(), "products_of", lambda row: Product.objects.filter(images=row.pk)
    )
    picture = first.images.get()
    picture.product = second
    picture.save()
    drain()
    assert owners() == [second.pk]


def test_a_row_that_is_replaced_by_its_key_leaves_its_former_product(
    make_shown: MakeShown,
) -> None:
    first, second = make_shown(shape()), make_shown()
    picture = first.images.get()
    ProductImage(pk=picture.pk, product=second, image=picture.image.name).save()
    drain()
    assert owners() == [second.pk]


@pytest.mark.parametrize("as_queryset", [False, True])
def test_products_are_taken_for_their_keys(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch, as_queryset: bool
) -> None:
    product = make_shown()

    def products_of(row: Any) -> Any:
        found = Product.objects.filter(pk=product.pk)
        return found if as_queryset else list(found)

    monkeypatch.setattr(catalogue(), "products_of", products_of)
    ProductImage.objects.create(product=product, image="products/new.jpg")
    assert set(Change.objects.exclude(product="").values_list("product", flat=True)) == {
        str(product.pk)
    }
    drain()
    assert owners() == [product.pk]


def test_the_products_of_a_category_are_noted_once(
    make_shown: MakeShown,
    monkeypatch: pytest.MonkeyPatch,
    save_category: Callable[[Category], None],
) -> None:
    keys = {str(make_shown().pk) for _ in range(3)}
    monkeypatch.setattr(
        catalogue(), "products_of", lambda row: Product.objects.filter(category=row)
    )
    save_category(Category.objects.get())
    noted = list(Change.objects.values_list("product", flat=True))
    assert sorted(noted) == sorted({"", *keys})


def test_a_row_whose_products_cannot_be_queried_is_noted_all_the_same(
    make_shown: MakeShown,
    monkeypatch: pytest.MonkeyPatch,
    save_category: Callable[[Category], None],
) -> None:
    category = make_shown().category
    odd = Product.objects.extra(where=["1 / (SELECT 0) = 1"])
    monkeypatch.setattr(catalogue(), "products_of", lambda row: odd)
    save_category(category)
    assert Change.objects.get().key == str(category.pk)


def test_a_picture_is_withheld_whose_file_is_deleted_just_before_its_row(
    make_shown: MakeShown,
) -> None:
    picture = make_shown(shape()).images.get()
    picture.image.delete(save=False)
    picture.delete()
    assert IndexedImage.objects.get().withheld_at


@isolate_apps("shop")
def test_what_a_deletion_of_products_cascades_to_by_other_models_goes_with_them() -> None:
    class Variant(models.Model):  # noqa: DJ008
        product = models.ForeignKey(Product, models.CASCADE)
        parent = models.ForeignKey("self", models.CASCADE, null=True)

        class Meta:
            app_label = "shop"

    class VariantPicture(models.Model):  # noqa: DJ008
        variant = models.ForeignKey(Variant, models.CASCADE)

        class Meta:
            app_label = "shop"

    class Poster(VariantPicture):  # noqa: DJ008
        shelf = models.ForeignKey(Category, models.CASCADE)

        class Meta:
            app_label = "shop"

    def go(row: models.Model, origin: Any) -> bool:
        return saves._goes_with_product(row, origin)

    assert go(VariantPicture(), Product.objects.all())
    assert go(Variant(), Product())
    assert not go(VariantPicture(), Variant())
    assert not go(Poster(), Product())
