"""A product is known whoever wrote it: its own model, its proxy, its parent or its child."""

from typing import Any

import pytest
from django.conf import settings
from django.core import serializers

from vrs_app.models import Change

from ..indexed import embed, found, has_words, photo, pictures
from .models import Article, Garment, Item, Photo

pytestmark = pytest.mark.django_db

WRITERS: dict[str, list[type[Any]]] = {
    "proxy": [Item, Article],
    "child": [Item, Garment, Article],
    "parent": [Item, Article, Garment],
    "polymorphic": [Item, Garment],
}


@pytest.fixture(params=WRITERS[settings.FAMILY], ids=lambda model: str(model.__name__))
def writer(request: pytest.FixtureRequest) -> type[Any]:
    """The model by which the shop writes."""
    return request.param


@pytest.fixture
def product(writer: type[Any]) -> Any:
    """A product, created through `writer` where that can be."""
    fields = {"name": "boots", "image": photo("boots.jpg")}
    if settings.FAMILY == "child":
        return Garment.objects.create(**fields)
    return writer.objects.create(**fields)


def through(writer: type[Any], product: Any) -> Any:
    """The product's row as the model `writer` reads it."""
    rows = writer.objects
    rows = rows.non_polymorphic() if settings.FAMILY == "polymorphic" else rows
    row = rows.get(pk=product.pk)
    assert type(row) is writer
    return row


def test_a_created_product_is_known(product: Any) -> None:
    assert pictures(product) == ["items/boots.jpg"]
    assert found("boots") == {product.pk}


def test_a_changed_product_is_known_as_it_is_now(product: Any, writer: type[Any]) -> None:
    assert found("boots") == {product.pk}
    row = through(writer, product)
    row.name, row.image = "shoes", photo("shoes.jpg")
    row.save()
    assert pictures(product) == ["items/shoes.jpg"]
    assert (found("shoes"), found("boots")) == ({product.pk}, set())


def test_a_product_without_its_picture_any_more_has_none(product: Any, writer: type[Any]) -> None:
    assert len(pictures(product)) == 1
    row = through(writer, product)
    row.image = ""
    row.save()
    assert pictures(product) == []


def test_a_gallery_is_known_as_a_relative_left_it(product: Any, writer: type[Any]) -> None:
    first, second = (Photo.objects.create(file=photo(name)) for name in ("1.jpg", "2.jpg"))
    through(writer, product).photos.add(first, second)
    assert pictures(product) == ["items/boots.jpg", "photos/1.jpg", "photos/2.jpg"]
    through(writer, product).photos.remove(first)
    assert pictures(product) == ["items/boots.jpg", "photos/2.jpg"]
    second.delete()
    assert pictures(product) == ["items/boots.jpg"]
    first.item_set.add(through(Item, product))
    assert pictures(product) == ["items/boots.jpg", "photos/1.jpg"]
    first.item_set.clear()
    assert pictures(product) == ["items/boots.jpg"]


def test_a_deleted_product_is_forgotten(product: Any, writer: type[Any]) -> None:
    embed()
    row = through(writer, product)
    row.delete()
    assert pictures(product) == [] and not has_words(product)


def test_products_deleted_by_a_queryset_are_forgotten(product: Any, writer: type[Any]) -> None:
    embed()
    writer.objects.filter(pk=product.pk).delete()
    assert pictures(product) == [] and not has_words(product)


def test_a_product_loaded_from_a_dump_is_known(product: Any) -> None:
    parent = through(Item, product)
    rows = [parent, product] if isinstance(product, Garment) else [parent]
    kept = serializers.serialize("json", rows)
    product.delete()
    for row in serializers.deserialize("json", kept):
        row.save()
    product = rows[-1]
    product.pk = rows[0].pk
    assert pictures(product) == ["items/boots.jpg"]
    assert found("boots") == {product.pk}


@pytest.mark.skipif(settings.FAMILY == "proxy", reason="Its products have no rows of a child.")
def test_a_childs_row_loaded_alone_is_noted_for_its_product() -> None:
    garment = Garment.objects.create(name="boots", image=photo("boots.jpg"))
    kept = serializers.serialize("json", [garment])
    assert found("boots") == {garment.pk}
    Item.objects.filter(pk=garment.pk).update(name="shoes")
    for row in serializers.deserialize("json", kept):
        row.save()  # of all the parent's fields it has the link alone
    noted = set(Change.objects.values_list("key", "product"))
    assert noted and {each for one in noted for each in one} <= {"", str(garment.pk)}
    assert found("shoes") == {garment.pk}
