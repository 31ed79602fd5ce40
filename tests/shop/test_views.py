import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from unittest.mock import patch

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shop.models import Category, CategoryQuerySet
from vrs_app.models import IndexedImage

from .conftest import MakeProduct

HOSTILE = '</script><img src=x onerror="alert(1)">'


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


def html_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


@contextmanager
def table_gone(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" RENAME TO gone_for_a_test')
        yield
        cursor.execute(f'ALTER TABLE gone_for_a_test RENAME TO "{table}"')


# --- lists -----------------------------------------------------------------------------


def test_the_front_page_lists_what_is_on_sale_newest_first(
    client: Client, make_product: MakeProduct
) -> None:
    make_product("Older")
    make_product("Newer")
    make_product("Sold out", stock=0)
    make_product("Draft", published=False)
    html = html_of(client, "/")
    assert html.index("Newer") < html.index("Older")
    assert "Sold out" not in html
    assert "Draft" not in html


def test_an_empty_shop_says_so(client: Client, db: None) -> None:
    assert "nothing on sale" in html_of(client, "/")


def test_a_category_lists_its_own_products_alone(
    client: Client, make_product: MakeProduct
) -> None:
    hats = Category.objects.create(name="Hats", slug="hats")
    make_product("Straw hat", category=hats)
    make_product("Red dress")
    html = html_of(client, "/categories/hats/")
    assert "Straw hat" in html
    assert "Red dress" not in html
    assert client.get("/categories/none/").status_code == 404


def test_only_categories_with_something_on_sale_are_offered(
    client: Client, make_product: MakeProduct
) -> None:
    Category.objects.create(name="Ghosts", slug="ghosts")
    make_product()
    html = html_of(client, "/")
    assert "Dresses" in html
    assert "Ghosts" not in html


@pytest.mark.parametrize(
    ("url", "current"),
    [
        ("/", [("/", "page")]),
        ("/categories/dresses/", [("/categories/dresses/", "page")]),
        ("/products/red-dress/", [("/categories/dresses/", "true")]),
        ("/search/?words=red", []),
    ],
)
def test_every_page_has_the_menu_and_says_where_in_it_one_is(
    client: Client, make_product: MakeProduct, url: str, current: list[tuple[str, str]]
) -> None:
    make_product()
    menu = Tags(html_of(client, url).partition('class="menu"')[2].partition("</nav>")[0])
    assert [link["href"] for link in menu.of("a")] == ["/", "/categories/dresses/"]
    marked = [(link["href"], link.get("aria-current")) for link in menu.of("a")]
    assert [each for each in marked if each[1]] == current


def test_a_card_says_size_condition_and_price(client: Client, make_product: MakeProduct) -> None:
    make_product(size="38", condition="very good")
    card = html_of(client, "/").partition('class="card"')[2].partition("</a>")[0]
    for text in ("38</span>", "Very good", "€49.90"):
        assert text in card


def test_a_photo_of_another_shape_than_the_frame_is_shown_whole(
    client: Client, make_product: MakeProduct
) -> None:
    make_product()
    for size, is_whole in (((300, 400), False), ((400, 500), False), ((400, 300), True)):
        IndexedImage.objects.update(width=size[0], height=size[1])
        assert ("frame-whole" in html_of(client, "/")) is is_whole, size


@pytest.mark.parametrize("page", ["0", "-1", "99", "two", ""])
def test_a_page_number_that_is_none_shows_a_page_all_the_same(
    client: Client, make_product: MakeProduct, page: str
) -> None:
    make_product()
    assert "Red dress" in html_of(client, f"/?page={page}")


def test_a_long_list_comes_in_pages(client: Client, make_product: MakeProduct) -> None:
    for number in range(25):
        make_product(f"Dress number {number}", pictures=0)
    first, second = html_of(client, "/"), html_of(client, "/?page=2")
    assert first.count('class="card"') == 24
    assert second.count('class="card"') == 1
    assert 'rel="next"' in first
    assert 'rel="prev"' in second


def test_more_products_cost_the_list_no_more_queries(
    client: Client, make_product: MakeProduct
) -> None:
    make_product(pictures=2)
    with CaptureQueriesContext(connection) as one:
        html_of(client, "/")
    for _ in range(9):
        make_product(pictures=2)
    with CaptureQueriesContext(connection) as ten:
        html_of(client, "/")
    assert len(ten) == len(one)


# --- a product ---------------------------------------------------------------------------


def test_a_product_page_shows_name_price_stock_and_description(
    client: Client, make_product: MakeProduct
) -> None:
    make_product(
        description="Made of linen.", colour="red", size="38", condition="very good", stock=2
    )
    html = html_of(client, "/products/red-dress/")
    for text in (
        "Red dress",
        "€49.90",
        "Only 2 left",
        "Made of linen.",
        "Colour",
        "38",
        "Very good",
    ):
        assert text in html


def test_a_sold_out_product_keeps_its_page(client: Client, make_product: MakeProduct) -> None:
    make_product(stock=0)
    html = html_of(client, "/products/red-dress/")
    assert "Sold out" in html
    assert "Add to bag" not in html


def test_a_product_of_which_there_is_one_says_so(
    client: Client, make_product: MakeProduct
) -> None:
    make_product(stock=1)
    assert "The only one" in html_of(client, "/products/red-dress/")


def test_the_carousel_says_the_size_of_each(client: Client, make_product: MakeProduct) -> None:
    for number in range(6):
        make_product(f"Dress {number}", size="38", condition="worn")
    carousel = html_of(client, "/products/dress-0/").partition("vrs-items")[2]
    assert carousel.count("38</span> Worn") == 5


def test_an_unpublished_product_has_no_page(client: Client, make_product: MakeProduct) -> None:
    make_product(published=False)
    assert client.get("/products/red-dress/").status_code == 404


def test_each_small_picture_leads_to_its_large_one(
    client: Client, make_product: MakeProduct
) -> None:
    make_product(pictures=3)
    tags = Tags(html_of(client, "/products/red-dress/"))
    links = [a["href"] for a in tags.of("a") if a.get("class") == "thumb"]
    assert links == [f"#{li['id']}" for li in tags.of("li") if li.get("class") == "picture"]
    assert len(links) == 3


def test_a_product_without_a_picture_has_a_page(client: Client, make_product: MakeProduct) -> None:
    make_product(pictures=0)
    assert Tags(html_of(client, "/products/red-dress/")).of("img") == []
    assert Tags(html_of(client, "/")).of("img") == []


def test_the_carousel_is_there_once_there_is_enough_to_show(
    client: Client, make_product: MakeProduct
) -> None:
    for number in range(6):
        make_product(f"Dress {number}")
    html = html_of(client, "/products/dress-0/")
    assert html.count('class="vrs-item"') == 5


# --- every page ----------------------------------------------------------------------------


@pytest.fixture(params=["/", "/products/red-dress/", "/products/none/"])
def page(request: pytest.FixtureRequest, client: Client, make_product: MakeProduct) -> str:
    """The front page, a product page and the page for what is not there."""
    make_product(pictures=2, description=HOSTILE)
    for _ in range(5):
        make_product(f"Dress {HOSTILE}")
    return client.get(request.param).content.decode()


def test_nothing_in_a_page_needs_more_than_a_strict_policy_allows(page: str) -> None:
    tags = Tags(page)
    for tag, attributes in tags.found:
        assert tag != "style"
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    assert all(script.get("src", "").startswith("/static/") for script in tags.of("script"))  # type: ignore[union-attr]
    assert all(link["href"].startswith("/") for link in tags.of("link"))  # type: ignore[union-attr]


def test_names_and_descriptions_are_escaped(page: str) -> None:
    assert HOSTILE not in page
    assert "onerror" not in {name for _, attributes in Tags(page).found for name in attributes}


def test_every_picture_has_a_size_and_an_alternative(page: str) -> None:
    for image in Tags(page).of("img"):
        assert int(image["width"] or 0) > 0
        assert int(image["height"] or 0) > 0
        assert "alt" in image


def test_a_page_has_landmarks_one_heading_and_a_way_past_the_head(page: str) -> None:
    tags = Tags(page)
    for name in ("main", "header", "footer", "h1", "title"):
        assert len(tags.of(name)) == 1, name
    assert tags.of("a")[0]["href"] == f"#{tags.of('main')[0]['id']}"
    assert tags.of("html")[0]["lang"] == "en"
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_policy_is_strict(client: Client, db: None) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("url", ["/", "/products/red-dress/"])
def test_a_page_opens_no_image_file(client: Client, make_product: MakeProduct, url: str) -> None:
    for _ in range(6):
        make_product(pictures=2)
    with patch.object(FileSystemStorage, "open", side_effect=AssertionError("opened")):
        html_of(client, url)


def test_sizes_are_those_of_the_upright_pictures(
    client: Client, make_product: MakeProduct
) -> None:
    make_product()
    IndexedImage.objects.update(width=1600, height=1200)
    for url in ("/", "/products/red-dress/"):
        assert re.search('width="1600" height="1200"', html_of(client, url))


@pytest.mark.parametrize("table", ["vrs_app_indexedimage", "vrs_app_embeddingspace"])
@pytest.mark.parametrize("url", ["/", "/products/red-dress/"])
def test_a_page_is_served_while_our_tables_are_missing(
    client: Client, make_product: MakeProduct, table: str, url: str
) -> None:
    make_product()
    with table_gone(table):
        assert "Red dress" in html_of(client, url)


def test_the_error_page_asks_nothing_of_the_database(client: Client, db: None) -> None:
    client.raise_request_exception = False
    with patch("shop.views.products.cards", side_effect=RuntimeError):
        answer = client.get("/")
    assert answer.status_code == 500
    assert b"Something went wrong" in answer.content
    assert b"Look-alikes" not in answer.content
    assert b'class="menu"' not in answer.content


def test_a_page_is_served_where_the_menu_cannot_be_read(
    client: Client, make_product: MakeProduct
) -> None:
    make_product()
    with patch.object(CategoryQuerySet, "offered", side_effect=OperationalError):
        html = html_of(client, "/products/red-dress/")
    assert 'class="menu"' not in html


def test_health_is_that_of_the_database(client: Client, db: None) -> None:
    assert client.get("/healthz/").status_code == 200
    with patch("shop.views.service.connection.cursor", side_effect=OperationalError):
        assert client.get("/healthz/").status_code == 503


def test_browsers_find_an_icon_where_they_look_for_it(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("shop/icon.svg")
