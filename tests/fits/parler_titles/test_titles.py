"""Titles are found in the shop's own language, whoever saved them in which."""

import pytest
import reversion
from django.test import Client
from django.utils.translation import override
from reversion.models import Version

from vrs_app.testing import drain

from ..indexed import found, photo, pictures
from .models import Product, Shelf

pytestmark = pytest.mark.django_db

ADMIN = "/admin/parler_titles/product/"


def test_a_product_added_and_renamed_in_the_admin_is_found_by_its_title(staff: Client) -> None:
    assert staff.post(f"{ADMIN}add/?language=en", {"name": "dress"}).status_code == 302
    product = Product.objects.get()
    assert found("dress") == {product.pk}
    form = {"name": "skirt"}
    answer = staff.post(f"{ADMIN}{product.pk}/change/?language=en", form)
    assert answer.status_code == 302
    assert (found("skirt"), found("dress")) == ({product.pk}, set())


def test_a_colleague_who_works_in_german_leaves_the_english_title(staff: Client) -> None:
    product = Product.objects.create(name="dress")
    assert found("dress") == {product.pk}
    answer = staff.post(
        f"{ADMIN}{product.pk}/change/?language=de",
        {"name": "kleid", "image": photo()},
        headers={"accept-language": "de"},
    )
    assert answer.status_code == 302
    assert len(pictures(product)) == 1
    assert (found("dress"), found("kleid")) == ({product.pk}, set())
    product = Product.objects.get()
    product.set_current_language("de")
    assert product.name == "kleid"


def test_a_worker_that_speaks_german_reads_the_english_title() -> None:
    product = Product.objects.create(name="dress")
    product.create_translation("de", name="kleid")
    with override("de"):
        drain()
    assert (found("dress"), found("kleid")) == ({product.pk}, set())


def test_a_title_that_is_added_alone_is_found() -> None:
    with override("de"):
        product = Product.objects.create(name="kleid")
    drain()
    product.create_translation("en", name="dress")
    assert (found("dress"), found("kleid")) == ({product.pk}, set())


def test_a_title_that_is_deleted_is_found_no_longer() -> None:
    product = Product.objects.create(name="dress")
    product.create_translation("de", name="kleid")
    assert found("dress") == {product.pk}
    product.delete_translation("en")
    assert found("dress") == set()


def test_a_reverted_title_is_found_though_parler_has_cached_the_later_one() -> None:
    with reversion.create_revision():
        product = Product.objects.create(name="dress")
    product = Product.objects.get()
    product.name = "skirt"
    product.save()
    assert found("skirt") == {product.pk}
    Version.objects.get_for_object(product).get().revision.revert()
    assert (found("dress"), found("skirt")) == ({product.pk}, set())


def test_a_title_saved_by_another_process_is_found_though_parler_has_cached_the_former() -> None:
    product = Product.objects.create(name="dress")
    assert str(Product.objects.get()) == "dress"  # and now it is cached in this process
    translation = product.translations.model
    translation.objects.update(name="skirt")  # what the other process has done to the row
    product.save()
    assert (found("skirt"), found("dress")) == ({product.pk}, set())


def test_a_shelf_is_found_by_its_title_in_the_language_of_the_shop() -> None:
    shelf = Shelf.objects.create(name="summer")
    product = Product.objects.create(name="dress", shelf=shelf)
    assert found("summer") == {product.pk}
    shelf.create_translation("de", name="sommer")
    shelf.name = "autumn"
    shelf.save()
    assert (found("autumn"), found("summer"), found("sommer")) == ({product.pk}, set(), set())
    shelf.delete_translation("en")
    assert found("autumn") == set()


def test_a_shelf_renamed_by_another_process_is_found_though_parler_has_cached_it() -> None:
    shelf = Shelf.objects.create(name="summer")
    product = Product.objects.create(name="dress", shelf=shelf)
    assert found("summer") == {product.pk}
    shelf.translations.update(name="autumn")
    Shelf.objects.get().save()
    assert (found("autumn"), found("summer")) == ({product.pk}, set())
