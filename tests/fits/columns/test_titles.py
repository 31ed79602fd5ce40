"""Texts are found in the shop's own language, whoever saved them in which."""

import pytest
from django.test import Client
from django.utils.translation import override

from vrs_app.testing import drain

from ..indexed import found
from .models import Product, Shelf

pytestmark = pytest.mark.django_db

ADMIN = "/admin/columns/product/"
DRESS = {"name_en": "dress", "name_de": "kleid", "material_en": "silk", "material_de": "seide"}


def test_a_product_added_and_renamed_in_the_admin_is_found_by_its_texts(staff: Client) -> None:
    assert staff.post(f"{ADMIN}add/", DRESS).status_code == 302
    product = Product.objects.get()
    assert (found("dress silk"), found("kleid"), found("seide")) == ({product.pk}, set(), set())
    answer = staff.post(
        f"{ADMIN}{product.pk}/change/",
        {**DRESS, "name_en": "skirt", "name_de": "rock"},
        headers={"accept-language": "de"},
    )
    assert answer.status_code == 302
    assert (found("skirt"), found("dress"), found("rock")) == ({product.pk}, set(), set())


def test_a_colleague_who_works_in_german_leaves_the_english_texts() -> None:
    product = Product.objects.create(**DRESS)
    with override("de"):
        product.name, product.material = "rock", "wolle"
        product.save()
    assert product.name_de == "rock"
    assert found("dress silk") == {product.pk}
    assert found("rock") == found("wolle") == set()


def test_a_worker_that_speaks_german_reads_the_english_texts() -> None:
    product = Product.objects.create(**DRESS)
    with override("de"):
        drain()
    assert (found("dress silk"), found("kleid")) == ({product.pk}, set())


def test_a_shelf_is_found_by_its_name_in_the_language_of_the_shop() -> None:
    shelf = Shelf.objects.create(name="summer", name_de="sommer")
    product = Product.objects.create(**DRESS, shelf=shelf)
    with override("de"):
        drain()
    assert (found("summer"), found("sommer")) == ({product.pk}, set())
    with override("de"):
        shelf.name_i18n, shelf.name = "winterlich", "winter"
        shelf.save()
    assert (found("winter"), found("summer"), found("winterlich")) == ({product.pk}, set(), set())
