"""A shop's dump goes back into an emptied database, whatever the order of its apps."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from ..indexed import embed, found, photo, pictures
from .models import Category, Cover, Photo, Product

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product() -> Product:
    product = Product.objects.create(name="boots")
    product.photos.add(Photo.objects.create(file=photo("red.jpg")))
    product.categories.add(Category.objects.create(name="hiking"))
    Cover.objects.create(product=product, file=photo("cover.jpg"))
    embed()
    return product


def empty_the_database() -> None:
    """Leave no content types either, as before a serialized rollback: the dump has them."""
    call_command("flush", interactive=False, inhibit_post_migrate=True)


def require_known(product: Product) -> None:
    assert pictures(product) == ["covers/cover.jpg", "photos/red.jpg"]
    assert found("boots hiking") == {product.pk}


@pytest.mark.parametrize("order", ["as dumped", "backwards"])
def test_a_full_dump_is_loaded(product: Product, tmp_path: Path, order: str) -> None:
    dump = tmp_path / "dump.json"
    call_command("dumpdata", output=str(dump))
    if order == "backwards":
        dump.write_text(json.dumps(json.loads(dump.read_text())[::-1]))
    empty_the_database()
    call_command("loaddata", str(dump), verbosity=0)
    require_known(product)


def test_a_full_dump_is_loaded_over_what_has_changed_since(
    product: Product, tmp_path: Path
) -> None:
    dump = tmp_path / "dump.json"
    call_command("dumpdata", output=str(dump))
    product.name = "shoes"
    product.save()
    product.photos.clear()
    assert found("shoes") == {product.pk}
    call_command("loaddata", str(dump), verbosity=0)
    require_known(product)


def test_a_dump_of_the_shop_alone_is_loaded(product: Product, tmp_path: Path) -> None:
    dump = tmp_path / "dump.json"
    call_command("dumpdata", "--exclude=vrs_app", output=str(dump))
    empty_the_database()
    call_command("loaddata", str(dump), verbosity=0)
    require_known(product)


def test_tests_with_a_serialized_rollback_find_the_shop_again(product: Product) -> None:
    kept = connection.creation.serialize_db_to_string()
    empty_the_database()
    connection.creation.deserialize_db_from_string(kept)
    require_known(product)
