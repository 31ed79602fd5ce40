"""The page "For you", and the row on the front page."""

import pytest
from django.test import Client

from shop.models import Product
from tests.conftest import LookAlikes
from vrs_app.contrib.history.models import InteractionRow

from .conftest import MakeProduct
from .test_views import HOSTILE, html_of

pytestmark = pytest.mark.django_db


def say(client: Client, product: Product, kind: str) -> None:
    sent = {"product": product.pk, "kind": kind, "next": "/"}
    assert client.post("/history/note/", sent).status_code == 302


def test_a_newcomer_sees_what_is_new_and_how_the_page_becomes_theirs(
    client: Client, look_alikes: LookAlikes
) -> None:
    html = html_of(client, "/for-you/")
    assert "We do not know your taste yet" in html
    assert html.count("New in the shop") == 20
    assert "Recently viewed" not in html


def test_an_empty_shop_says_so(client: Client) -> None:
    assert "nothing on sale" in html_of(client, "/for-you/")


def test_two_tastes_are_both_there_each_with_its_reason(
    client: Client, look_alikes: LookAlikes
) -> None:
    disc, stripes = look_alikes["disc"][0], look_alikes["stripes"][0]
    say(client, disc, "liked")
    say(client, stripes, "liked")
    html = html_of(client, "/for-you/")
    assert "We do not know your taste yet" not in html
    for liked in (disc, stripes):
        assert f"Because you liked {liked.name}<" in html


def test_not_interested_works_at_once(client: Client, look_alikes: LookAlikes) -> None:
    say(client, look_alikes["disc"][0], "liked")
    unwanted = look_alikes["disc"][1]
    address = f'href="{unwanted.get_absolute_url()}"'
    assert address in html_of(client, "/for-you/")
    say(client, unwanted, "dismissed")
    assert address not in html_of(client, "/for-you/")


def test_what_was_viewed_stands_below(client: Client, look_alikes: LookAlikes) -> None:
    client.get(look_alikes["disc"][1].get_absolute_url())  # leaves a cookie
    for product in look_alikes["disc"][:2]:
        client.get(product.get_absolute_url())
    viewed = html_of(client, "/for-you/").partition("Recently viewed")[2]
    first, second = (viewed.find(each.get_absolute_url()) for each in look_alikes["disc"][:2])
    assert 0 < second < first


def test_names_in_reasons_are_escaped(client: Client, look_alikes: LookAlikes) -> None:
    liked = look_alikes["disc"][0]
    Product.objects.filter(pk=liked.pk).update(name=HOSTILE)
    say(client, liked, "liked")
    html = html_of(client, "/for-you/")
    assert HOSTILE not in html
    assert "Because you liked &lt;/script&gt;" in html


# --- the front page ----------------------------------------------------------------------


def test_the_front_page_has_a_row_for_who_has_a_history_and_on_its_first_page_alone(
    client: Client, look_alikes: LookAlikes, make_product: MakeProduct
) -> None:
    for number in range(10):
        make_product(f"Dress {number}")
    assert "vrs-recommended" not in html_of(client, "/")
    say(client, look_alikes["disc"][0], "liked")
    assert html_of(client, "/").count('class="vrs-item"') == 10
    category = look_alikes["disc"][0].category.get_absolute_url()
    for url in ("/?page=2", category):
        assert "vrs-recommended" not in html_of(client, url)


def test_what_they_dismissed_is_no_history_of_what_they_like(
    client: Client, look_alikes: LookAlikes
) -> None:
    say(client, look_alikes["disc"][0], "dismissed")
    assert "vrs-recommended" not in html_of(client, "/")
    assert InteractionRow.objects.exists()
