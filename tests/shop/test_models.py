import pytest

from shop.models import Product, ProductImage, picture_path

from .conftest import MakeProduct


def test_a_product_without_a_slug_gets_one_from_its_name(make_product: MakeProduct) -> None:
    assert make_product("Red dress").slug == "red-dress"


def test_products_of_the_same_name_get_addresses_of_their_own(make_product: MakeProduct) -> None:
    slugs = [make_product("Red dress").slug for _ in range(3)]
    assert slugs == ["red-dress", "red-dress-2", "red-dress-3"]


def test_a_name_without_latin_letters_still_gets_an_address(make_product: MakeProduct) -> None:
    product = make_product("連衣裙")
    assert product.get_absolute_url() == "/products/product/"


def test_only_published_products_in_stock_are_on_sale(make_product: MakeProduct) -> None:
    shown = make_product("Shown")
    make_product("Sold out", stock=0)
    make_product("Hidden", published=False)
    assert list(Product.objects.on_sale()) == [shown]


def test_the_picture_of_the_lowest_position_comes_first(make_product: MakeProduct) -> None:
    product = make_product(pictures=3)
    last = product.images.last()
    assert last is not None
    product.images.filter(position=0).update(position=7)
    assert [row.position for row in product.images.all()] == [1, 2, 7]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("red dress.jpg", "red dress.jpg"),
        ("漢" * 33 + "a.jpg", "漢" * 33 + "a.jpg"),
        ("漢" * 200 + ".jpg", "漢" * 33 + ".jpg"),
        ("a" + "漢" * 200 + ".jpg", "a" + "漢" * 33 + ".jpg"),
        ("x" * 300, "x" * 100),
        ("x." + "漢" * 84, "x." + "漢" * 6),
        ("half\udcff.jpg", "half?.jpg"),
    ],
    ids=ascii,
)
def test_a_pictures_name_stays_readable_and_is_clipped_at_a_character(
    name: str, kept: str
) -> None:
    assert picture_path(ProductImage(), name) == f"products/{kept}"
