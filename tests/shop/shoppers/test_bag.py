"""The bag: what is in it, what may not be, and an order that buys nothing."""

import pytest
from django.test import Client

from shop.models import Product
from vrs_app.contrib.history.models import InteractionRow

from ..conftest import MakeProduct
from ..test_views import html_of

URL = "/products/red-dress/"


@pytest.fixture
def product(make_product: MakeProduct) -> Product:
    return make_product()


def noted() -> set[str]:
    return set(InteractionRow.objects.values_list("kind", flat=True))


def test_an_empty_bag_says_so(client: Client, db: None) -> None:
    html = html_of(client, "/bag/")
    assert "nothing in your bag" in html
    assert "Bag (0)" in html


def test_what_is_added_is_in_the_bag_once(client: Client, product: Product) -> None:
    for _ in range(2):
        assert client.post("/bag/add/red-dress/")["Location"] == f"{URL}#choices"
    html = html_of(client, "/bag/")
    assert html.count('class="bag-item"') == 1
    assert "Bag (1)" in html
    assert "€49.90" in html
    assert noted() == {"cart"}
    assert "In your bag" in html_of(client, URL)
    assert "Bag (0)" in html_of(Client(), "/")


def test_the_total_is_that_of_the_prices(client: Client, make_product: MakeProduct) -> None:
    make_product(price="19.90")
    make_product("Blue dress", price="30.05")
    for slug in ("red-dress", "blue-dress"):
        client.post(f"/bag/add/{slug}/")
    assert "€49.95" in html_of(client, "/bag/")


def test_what_is_removed_is_neither_in_the_bag_nor_remembered(
    client: Client, product: Product
) -> None:
    client.post("/bag/add/red-dress/")
    assert client.post("/bag/remove/red-dress/")["Location"] == "/bag/"
    assert "nothing in your bag" in html_of(client, "/bag/")
    assert noted() == set()


def test_whether_there_is_a_hidden_product_is_not_told(product: Product) -> None:
    Product.objects.update(published=False)
    answers = [Client().post(f"/bag/remove/{slug}/") for slug in ("red-dress", "no-such")]
    for answer in answers:
        assert (answer.status_code, answer["Location"]) == (302, "/bag/")
    assert answers[0].headers == answers[1].headers
    assert not any(answer.cookies for answer in answers)


def test_sold_out_products_cannot_be_added(client: Client, product: Product) -> None:
    Product.objects.update(stock=0)
    html = html_of(client, URL)
    assert "Add to bag" not in html
    assert "Sold out" in html
    assert client.post("/bag/add/red-dress/").status_code == 302
    assert "Bag (0)" in html_of(client, "/")
    assert noted() == set()


@pytest.mark.parametrize("change", [{"stock": 0}, {"published": False}])
def test_what_is_sold_meanwhile_leaves_the_bag_with_a_word(
    client: Client, product: Product, change: dict[str, int]
) -> None:
    client.post("/bag/add/red-dress/")
    Product.objects.update(**change)
    html = html_of(client, "/bag/")
    assert "no longer on sale" in html
    assert "Bag (0)" in html
    assert "no longer on sale" not in html_of(client, "/bag/")


def test_deleted_and_hidden_products_are_no_error(client: Client, product: Product) -> None:
    client.post("/bag/add/red-dress/")
    Product.objects.update(published=False)
    assert client.post("/bag/remove/red-dress/").status_code == 302
    assert client.post("/bag/add/red-dress/").status_code == 404
    assert client.post("/bag/remove/none/").status_code == 302


def test_an_order_empties_the_bag_and_says_that_nothing_was_bought(
    client: Client, product: Product
) -> None:
    client.post("/bag/add/red-dress/")
    assert "nothing is really bought" in html_of(client, "/bag/")
    answer = client.post("/bag/order/", follow=True)
    html = answer.content.decode()
    assert "nothing was really bought" in html
    assert "Bag (0)" in html
    assert noted() == {"cart", "bought"}
    assert Product.objects.get().stock == product.stock
    assert "Thank you" not in html_of(client, "/bag/")


def test_an_empty_order_is_none(client: Client, db: None) -> None:
    assert "Thank you" not in client.post("/bag/order/", follow=True).content.decode()


def test_only_buttons_change_the_bag(client: Client, product: Product) -> None:
    for url in ("/bag/add/red-dress/", "/bag/remove/red-dress/", "/bag/order/"):
        assert client.get(url).status_code == 405
