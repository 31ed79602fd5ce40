"""The product page tells the recommendations what people do, and only people."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from shop.models import Product
from vrs_app.contrib.history.models import InteractionRow

from ..conftest import MakeProduct
from ..test_views import html_of, table_gone

URL = "/products/red-dress/"
TABLE = "vrs_history_interactionrow"


@pytest.fixture
def product(make_product: MakeProduct) -> Product:
    return make_product()


@pytest.fixture
def shopper(client: Client, product: Product) -> Client:
    """Somebody who has seen a page before, and keeps its cookie."""
    client.get(URL)
    assert client.cookies
    return client


def noted() -> list[str]:
    return list(InteractionRow.objects.order_by("pk").values_list("kind", flat=True))


def test_looking_at_a_product_is_noted_once(shopper: Client, product: Product) -> None:
    shopper.get(URL)
    shopper.get(URL)
    row = InteractionRow.objects.get()
    assert (row.product_id, row.kind) == (product.pk, "viewed")


def test_who_keeps_no_cookie_is_not_noted_and_gets_no_session(product: Product) -> None:
    for _ in range(3):
        Client().get(URL)
    assert noted() == []
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch"}],
)
def test_what_a_browser_fetches_beforehand_is_not_noted(
    shopper: Client, headers: dict[str, str]
) -> None:
    assert shopper.get(URL, headers=headers).status_code == 200
    assert noted() == []


def test_asking_for_the_head_alone_is_not_looking(shopper: Client) -> None:
    assert shopper.head(URL).status_code == 200
    assert noted() == []


def test_a_page_that_is_not_there_is_not_noted(shopper: Client, product: Product) -> None:
    Product.objects.update(published=False)
    assert shopper.get(URL).status_code == 404
    assert noted() == []


def test_a_page_is_served_while_nothing_can_be_noted(shopper: Client) -> None:
    with table_gone(TABLE):
        for url in (URL, "/", "/for-you/", "/bag/"):
            assert shopper.get(url).status_code == 200
        assert "Red dress" in html_of(shopper, "/for-you/")


# --- likes -----------------------------------------------------------------------------


def pressed(html: str) -> bool:
    (state,) = (state for state in ("true", "false") if f'aria-pressed="{state}"' in html)
    return state == "true"


def press(client: Client, product: Product) -> str:
    """Sends what the form of the page holds; the page that it leads to."""
    page = client.get(URL)
    form = page.content.decode().partition('action="/history/note/"')[2].partition("</form>")[0]
    sent = {"product": product.pk, "kind": "liked", "next": URL}
    if 'name="undo"' in form:
        sent["undo"] = "1"
    answer = client.post("/history/note/", sent, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_like_is_a_button_that_is_pressed_and_released(client: Client, product: Product) -> None:
    assert not pressed(html_of(client, URL))
    assert pressed(press(client, product))
    assert noted() == ["viewed", "liked"]
    assert not pressed(press(client, product))
    assert noted() == ["viewed"]


def test_a_like_is_ones_own(client: Client, product: Product) -> None:
    press(client, product)
    assert not pressed(html_of(Client(), URL))


@pytest.mark.parametrize("address", ["/history/note/", "/bag/add/red-dress/", "/bag/order/"])
def test_forms_of_other_sites_are_refused(product: Product, address: str) -> None:
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403


# --- caches ------------------------------------------------------------------------------


@pytest.fixture(params=["a newcomer", "who has a session"])
def anyone(request: pytest.FixtureRequest, product: Product) -> Callable[[], Client]:
    def come() -> Client:
        client = Client()
        if request.param != "a newcomer":
            client.post("/bag/add/red-dress/")
        return client

    return come


@pytest.mark.parametrize("url", ["/", URL, f"{URL}similar/", "/search/", "/for-you/", "/bag/"])
def test_no_shared_cache_keeps_a_page_with_somebodys_bag(
    anyone: Callable[[], Client], url: str
) -> None:
    answer = anyone().get(url)
    assert "private" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]


def test_answers_that_are_the_same_for_all_keep_their_own_word(
    client: Client, product: Product
) -> None:
    assert "private" not in client.get("/favicon.ico").headers.get("Cache-Control", "")
    assert client.get("/healthz/")["Cache-Control"].startswith("max-age=0")
