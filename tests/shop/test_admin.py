from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shop.media.thumbnails import thumbnail_url
from shop.models import Category, Product
from tests.product_form import PICTURE, product_form

from .conftest import MakeProduct, picture_bytes

LIST = "/admin/shop/product/"


def test_more_products_cost_the_list_no_more_queries(
    admin_client: Client, make_product: MakeProduct
) -> None:
    make_product(pictures=2)
    with CaptureQueriesContext(connection) as one:
        assert b"/thumbnails/160/" in admin_client.get(LIST).content
    for _ in range(9):
        make_product(pictures=2)
    with CaptureQueriesContext(connection) as ten:
        admin_client.get(LIST)
    assert len(ten) == len(one)


def test_a_product_without_a_picture_is_listed_too(
    admin_client: Client, make_product: MakeProduct
) -> None:
    make_product(pictures=0)
    assert b"Red dress" in admin_client.get(LIST).content


def test_the_form_previews_every_picture(admin_client: Client, make_product: MakeProduct) -> None:
    product = make_product(pictures=2)
    html = admin_client.get(f"{LIST}{product.pk}/change/").content.decode()
    for position in (0, 1):
        assert f'src="/thumbnails/160/products/red-dress-{position}.jpg"' in html


def added(admin_client: Client, category: Category, picture_name: str) -> Product:
    """The product that the admin's form makes, without a slug and with one picture."""
    file = SimpleUploadedFile(picture_name, picture_bytes(), "image/jpeg")
    form = product_form(category) | {PICTURE: file}
    answer = admin_client.post(f"{LIST}add/", form)
    assert answer.status_code == 302, answer.content.decode()
    return Product.objects.get()


def test_a_product_with_a_picture_is_added_without_a_slug(
    admin_client: Client, dresses: Category
) -> None:
    product = added(admin_client, dresses, "blue.jpg")
    assert product.get_absolute_url() == "/products/blue-dress/"
    assert [row.image.name for row in product.images.all()] == ["products/blue.jpg"]


def test_a_picture_may_have_any_name_however_long(admin_client: Client, dresses: Category) -> None:
    (row,) = added(admin_client, dresses, "漢" * 200 + ".jpg").images.all()
    assert row.image.name == f"products/{'漢' * 33}.jpg"
    assert admin_client.get(thumbnail_url(row.image.name, 160)).status_code == 200
