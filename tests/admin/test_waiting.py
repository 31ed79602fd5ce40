"""Changes that wait to be compared, on the pages of the admin."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from shop.admin import ProductAdmin
from shop.models import Product
from vrs_app.admin.waiting import _age, notices_of
from vrs_app.models import Change, IndexedImage

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db

PICTURES = "admin:vrs_app_indexedimage_changelist"
PRODUCTS = "admin:shop_product_changelist"


@pytest.fixture
def product(make_shown: MakeShown, embed_all: EmbedAll) -> Product:
    product = make_shown(shape())
    embed_all()
    return product


def change(product: Product, seconds: int = 0, after: int | None = None, **fields: Any) -> None:
    """A row of the outbox for this product, `seconds` old, free in `after` seconds."""
    row = Change.objects.create(product=str(product.pk), **fields)
    not_before = None if after is None else Now() + timedelta(seconds=after)
    noted_at = Now() - timedelta(seconds=seconds)
    Change.objects.filter(pk=row.pk).update(noted_at=noted_at, not_before=not_before)


def page(client: Client, name: str, *arguments: object) -> str:
    answer = client.get(reverse(name, args=arguments))
    assert answer.status_code == 200
    return answer.content.decode()


def pages(client: Client, product: Product) -> list[str]:
    """The product's page, the list of pictures and the shop's own list."""
    own = page(client, "admin:shop_product_change", product.pk)
    return [own, page(client, PICTURES), page(client, PRODUCTS)]


def test_every_page_says_that_a_change_waits_and_how_long(
    admin_client: Client, product: Product
) -> None:
    assert not any("waiting to be compared" in html for html in pages(admin_client, product))
    change(product, 300)
    for html in pages(admin_client, product):
        assert html.count("Changed 5\xa0minutes ago, waiting to be compared") == 1


def test_every_page_says_that_a_product_could_not_be_compared_and_why(
    admin_client: Client, product: Product
) -> None:
    change(product, 300, after=630, error="ValueError: no <title>")
    for html in pages(admin_client, product):
        assert "waiting to be compared" not in html
        assert html.count("Could not be compared, tried again in 10\xa0minutes") == 1
        assert html.count("ValueError: no &lt;title&gt;") == 1


def test_every_page_says_that_a_product_was_given_up(
    admin_client: Client, product: Product
) -> None:
    change(product, 300, after=-1, token=uuid4(), attempts=3)
    for html in pages(admin_client, product):
        assert html.count("Could not be compared: the worker was lost each time.") == 1


def test_products_of_which_nothing_waits_say_nothing(
    admin_client: Client, product: Product, make_shown: MakeShown
) -> None:
    other = make_shown(shape("bars"))
    change(other)
    assert "waiting to be compared" not in page(
        admin_client, "admin:shop_product_change", product.pk
    )
    assert page(admin_client, PICTURES).count("waiting to be compared") == 1
    assert page(admin_client, PRODUCTS).count("waiting to be compared") == 1


@pytest.mark.parametrize("name", [PICTURES, PRODUCTS])
def test_a_list_takes_one_query_more_for_all_its_rows(
    admin_client: Client, product: Product, make_shown: MakeShown, name: str
) -> None:
    for each in (product, make_shown(shape("bars")), make_shown(shape("disc"))):
        change(each)
    page(admin_client, name)
    with CaptureQueriesContext(connection) as queries:
        assert page(admin_client, name).count("waiting to be compared") == 3
    ours = [query["sql"] for query in queries if "vrs_app_change" in query["sql"]]
    assert len(ours) == 1


def test_the_pages_open_before_the_migration(admin_client: Client, product: Product) -> None:
    change(product)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_change RENAME TO away")
        assert not any("waiting to be compared" in html for html in pages(admin_client, product))
        cursor.execute("ALTER TABLE away RENAME TO vrs_app_change")


def test_a_new_product_has_no_changes(admin_client: Client) -> None:
    assert "vrs-waiting" not in page(admin_client, "admin:shop_product_add")
    assert notices_of([Product(pk=1)]) == {}


def test_the_list_of_products_brings_its_style_sheet() -> None:
    assert "vrs_app/admin.css" in str(ProductAdmin(Product, admin.site).media)


def test_a_withheld_picture_has_a_state_of_its_own(admin_client: Client, product: Product) -> None:
    IndexedImage.objects.update(withheld_at=timezone.now())
    own, pictures, _ = pages(admin_client, product)
    for html in (own, pictures):
        assert "Replaced or deleted; a worker removes it" in html
        assert ">Ready</td>" not in html
        assert "<p>Ready</p>" not in html
    key = IndexedImage.objects.get().pk
    assert "Replaced or deleted" in page(admin_client, "admin:vrs_app_indexedimage_change", key)


def test_a_withheld_picture_is_found_by_its_state_alone(
    admin_client: Client, product: Product
) -> None:
    IndexedImage.objects.update(withheld_at=timezone.now())
    for state, is_there in {"ready": False, "withheld": True, "failed": False}.items():
        answer = admin_client.get(reverse(PICTURES), {"state": state})
        assert (str(product) in answer.content.decode()) is is_there


def test_a_withheld_picture_that_failed_is_not_tried_again(
    admin_client: Client, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(shape()[:300])
    embed_all()
    assert "Try again" in page(admin_client, "admin:shop_product_change", product.pk)
    IndexedImage.objects.update(withheld_at=timezone.now())
    assert "picture failed" not in page(admin_client, PICTURES)
    admin_client.post(reverse("admin:vrs_app_indexedimage_retry_failed"))
    assert IndexedImage.objects.get().revision == 1
    for html in pages(admin_client, product):
        assert "Try again" not in html


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1\xa0minute"), (90_000, "1\xa0day, 1\xa0hour")],
)
def test_an_age_is_told_in_a_suitable_unit(seconds: int, text: str) -> None:
    assert _age(seconds) == text


def test_an_age_is_told_in_the_readers_language() -> None:
    with translation.override("de"):
        assert _age(300) == "5\xa0Minuten"
