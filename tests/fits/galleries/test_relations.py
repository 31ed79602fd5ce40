"""Pictures and words follow relations, which are written after the product."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from taggit.models import Tag

from ..indexed import found, photo, pictures
from .models import Category, Look, Photo, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return Product.objects.create(name="boots")


@pytest.fixture
def red() -> Photo:
    return Photo.objects.create(file=photo("red.jpg"))


@pytest.fixture
def blue() -> Photo:
    return Photo.objects.create(file=photo("blue.jpg"))


@pytest.fixture
def hiking() -> Category:
    return Category.objects.create(name="hiking")


def names(*photos: Photo) -> list[str]:
    return [each.file.name for each in photos]


def test_a_product_added_in_the_admin_has_both_of_its_pictures_and_its_category(
    staff: Client, red: Photo, blue: Photo, hiking: Category
) -> None:
    form: dict[str, Any] = {"name": "boots", "photos": [red.pk, blue.pk], "tags": "winter"}
    answer = staff.post("/admin/galleries/product/add/", form | {"categories": [hiking.pk]})
    assert answer.status_code == 302, answer.content.decode()
    product = Product.objects.get()
    assert pictures(product) == names(red, blue)
    assert found("boots hiking winter") == {product.pk}


def test_a_product_changed_in_the_admin_is_known_as_it_is_now(
    staff: Client, product: Product, red: Photo, blue: Photo, hiking: Category
) -> None:
    product.photos.add(red)
    product.categories.add(hiking)
    assert found("hiking") == {product.pk}
    form: dict[str, Any] = {"name": "boots", "photos": [blue.pk], "tags": ""}
    assert staff.post(f"/admin/galleries/product/{product.pk}/change/", form).status_code == 302
    assert pictures(product) == names(blue)
    assert found("hiking") == set()


CHANGES: dict[str, tuple[Callable[[Product, Photo, Photo], Any], int]] = {
    "added": (lambda product, red, blue: product.photos.add(blue), 2),
    "removed": (lambda product, red, blue: product.photos.remove(red), 0),
    "set": (lambda product, red, blue: product.photos.set([blue]), 1),
    "cleared": (lambda product, red, blue: product.photos.clear(), 0),
    "added from the photo": (lambda product, red, blue: blue.product_set.add(product), 2),
    "removed from the photo": (lambda product, red, blue: red.product_set.remove(product), 0),
    "set from the photo": (lambda product, red, blue: red.product_set.set([]), 0),
    "cleared from the photo": (lambda product, red, blue: red.product_set.clear(), 0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_gallery_is_known_as_it_is_after_it_was(
    change: str, product: Product, red: Photo, blue: Photo
) -> None:
    product.photos.add(red)
    assert pictures(product) == names(red)
    do, count = CHANGES[change]
    do(product, red, blue)
    known = pictures(product)
    assert known == names(*product.photos.all()) and len(known) == count


def test_a_sorted_gallery_is_known_in_its_order(product: Product, red: Photo, blue: Photo) -> None:
    product.details.set([red, blue])
    assert pictures(product) == names(red, blue)
    product.details.set([blue, red])
    assert pictures(product) == names(blue, red)


def test_a_gallery_with_places_is_known_in_its_order(
    product: Product, red: Photo, blue: Photo
) -> None:
    product.looks.add(red, through_defaults={"place": 2})
    look = Look.objects.create(product=product, photo=blue, place=3)
    assert pictures(product) == names(red, blue)
    look.place = 1
    look.save()
    assert pictures(product) == names(blue, red)
    look.delete()
    assert pictures(product) == names(red)
    product.looks.clear()
    assert pictures(product) == []


def test_a_deleted_photo_is_known_of_no_product(product: Product, red: Photo, blue: Photo) -> None:
    other = Product.objects.create(name="shoes")
    product.photos.set([red, blue])
    other.photos.set([red])
    assert (pictures(product), pictures(other)) == (names(red, blue), names(red))
    red.delete()
    assert (pictures(product), pictures(other)) == (names(blue), [])


def test_a_replaced_file_is_known_of_every_product(product: Product, red: Photo) -> None:
    other = Product.objects.create(name="shoes")
    product.photos.add(red)
    other.photos.add(red)
    pictures(product)
    red.file = photo("green.jpg")
    red.save()
    assert pictures(product) == pictures(other) == ["photos/green.jpg"]


def test_the_category_may_add_the_product_and_drop_it(product: Product, hiking: Category) -> None:
    hiking.product_set.add(product)
    assert found("hiking") == {product.pk}
    hiking.product_set.clear()
    assert found("hiking") == set()


def test_a_renamed_category_is_found_by_its_name(product: Product, hiking: Category) -> None:
    product.categories.add(hiking)
    assert found("hiking") == {product.pk}
    hiking.name = "climbing"
    hiking.save()
    assert (found("climbing"), found("hiking")) == ({product.pk}, set())


def test_a_deleted_category_finds_nothing(product: Product, hiking: Category) -> None:
    product.categories.add(hiking)
    assert found("hiking") == {product.pk}
    hiking.delete()
    assert found("hiking") == set()
    assert found("boots") == {product.pk}


def test_tags_are_found_while_they_are_there(product: Product) -> None:
    product.tags.add("winter", "leather")
    assert found("winter leather") == {product.pk}
    product.tags.remove("winter")
    assert (found("winter"), found("leather")) == (set(), {product.pk})
    product.tags.set(["suede"])
    assert (found("leather"), found("suede")) == (set(), {product.pk})
    product.tags.clear()
    assert found("suede") == set()


def test_a_renamed_tag_is_found_by_its_name(product: Product) -> None:
    product.tags.add("winter")
    assert found("winter") == {product.pk}
    tag = Tag.objects.get()
    tag.name = "autumn"
    tag.save()
    assert (found("autumn"), found("winter")) == ({product.pk}, set())


def test_a_deleted_tag_finds_nothing(product: Product) -> None:
    product.tags.add("winter")
    assert found("winter") == {product.pk}
    Tag.objects.get().delete()
    assert found("winter") == set()


def test_tags_merged_in_the_admin_are_found_by_the_new_name(
    staff: Client, product: Product
) -> None:
    other = Product.objects.create(name="shoes")
    product.tags.add("winter")
    other.tags.add("winter", "snow")
    assert found("winter") == {product.pk, other.pk}
    selected = {
        "action": "render_tag_form",
        "_selected_action": [Tag.objects.get(name="winter").pk],
    }
    staff.post("/admin/taggit/tag/", selected)
    staff.post("/admin/taggit/tag/merge-tags/", {"new_tag_name": "snow"})
    assert (found("snow"), found("winter")) == ({product.pk, other.pk}, set())
