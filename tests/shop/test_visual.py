from decimal import Decimal

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from shop.models import Category, Product, ProductImage
from shop.visual import ShopCatalogue
from vrs_app import queries
from vrs_app.catalogue import Catalogue, Picture, catalogue

from .conftest import MakeProduct


@pytest.fixture
def reader() -> Catalogue[Product]:
    return ShopCatalogue()


def test_the_settings_name_this_catalogue() -> None:
    assert settings.VRS["CATALOGUE"] == "shop.visual.ShopCatalogue"
    assert isinstance(catalogue(), ShopCatalogue)


def test_a_saved_product_and_a_saved_picture_lead_to_the_product(
    reader: Catalogue[Product], make_product: MakeProduct
) -> None:
    product = make_product(pictures=2)
    assert reader.products_of(product) == [product.pk]
    assert {tuple(reader.products_of(row)) for row in product.images.all()} == {(product.pk,)}


def test_pictures_are_the_gallery_the_main_one_first(
    reader: Catalogue[Product], make_product: MakeProduct
) -> None:
    product = make_product(pictures=2)
    ProductImage.objects.filter(position=0).update(position=5)
    assert reader.pictures(product) == ["products/red-dress-1.jpg", "products/red-dress-0.jpg"]


def test_a_gallery_row_without_a_file_is_no_picture(
    reader: Catalogue[Product], make_product: MakeProduct
) -> None:
    product = make_product(pictures=1)
    ProductImage.objects.create(product=product)
    assert len(reader.pictures(product)) == 1


def test_reading_the_pictures_of_many_products_takes_two_queries(
    reader: Catalogue[Product],
    make_product: MakeProduct,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        make_product(pictures=2)
    with django_assert_num_queries(2):
        assert sum(len(reader.pictures(product)) for product in reader.products()) == 10


def test_hidden_products_are_known_but_not_shown(
    reader: Catalogue[Product], make_product: MakeProduct
) -> None:
    shown, sold_out = make_product("Shown"), make_product("Sold out", stock=0)
    draft = make_product("Draft", published=False)
    assert set(reader.products()) == {shown, sold_out, draft}
    assert set(reader.visible()) == {shown, sold_out}
    in_stock = reader.in_stock(reader.visible())
    assert in_stock is not None
    assert list(in_stock) == [shown]


def test_prices_narrow_products_both_bounds_included(
    reader: Catalogue[Product], make_product: MakeProduct
) -> None:
    for price in (10, 20, 30):
        make_product(f"For {price}", price=price)
    ten, twenty = Decimal(10), Decimal(20)
    for lowest, highest, count in (
        (None, None, 3),
        (twenty, None, 2),
        (None, ten, 1),
        (twenty, twenty, 1),
    ):
        found = reader.priced(reader.visible(), lowest, highest)
        assert found is not None
        assert found.count() == count


def test_the_newest_product_comes_first(
    reader: Catalogue[Product], make_product: MakeProduct
) -> None:
    older, newer = make_product("Older"), make_product("Newer")
    found = reader.newest(reader.visible())
    assert found is not None
    assert list(found) == [newer, older]


def test_the_bytes_of_a_picture_can_be_opened(
    reader: Catalogue[Product], make_product: MakeProduct
) -> None:
    name = reader.pictures(make_product())[0]
    with reader.open(name) as file:
        assert file.read(3) == b"\xff\xd8\xff"


def test_thumbnails_have_an_address_of_their_own(reader: Catalogue[Product]) -> None:
    picture = Picture(name="products/a.jpg")
    assert reader.thumbnail_url(picture) == "/thumbnails/360/products/a.jpg"
    assert reader.image_url(picture) == "/media/products/a.jpg"


def test_a_category_holds_its_own_products_newest_first(
    reader: Catalogue[Product], make_product: MakeProduct
) -> None:
    hats = Category.objects.create(name="Hats", slug="hats")
    older, newer = make_product("Older"), make_product("Newer")
    make_product("Hat", category=hats)
    found = reader.same_category(older, reader.visible())
    assert found is not None
    assert list(found) == [newer, older]


def test_a_product_is_described_without_a_query(
    reader: Catalogue[Product],
    make_product: MakeProduct,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    product = make_product(
        description="Long.", colour="red", size="M", price=Decimal("1200"), stock=3
    )
    product = Product.objects.get(pk=product.pk)
    with django_assert_num_queries(0):
        assert reader.title(product) == "Red dress"
        assert reader.text(product) == "Long."
        assert reader.url(product) == "/products/red-dress/"
        assert reader.category(product) == product.category_id
        assert reader.attributes(product) == {"colour": "red", "size": "M"}
        assert reader.price(product) == Decimal("1200.00")
        assert reader.price_label(product) == "€1,200.00"
        assert reader.stock(product) == 3
        assert reader.date(product) == product.created


def test_what_a_product_lacks_is_absent(
    reader: Catalogue[Product], make_product: MakeProduct
) -> None:
    product = make_product()
    assert reader.text(product) is None
    assert reader.attributes(product) == {}


@pytest.mark.parametrize("field", ["colour", "pattern", "size", "condition"])
def test_the_words_of_the_facts_find_a_product(make_product: MakeProduct, field: str) -> None:
    worded = make_product(**{field: "unmistakable"})
    make_product("Other dress")
    assert [item.product for item in queries.search("unmistakable", expand=False)] == [worded]
