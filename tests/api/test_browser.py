"""The fragment's script and the API's documentation in a real browser, under strict policies."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer

from shop.models import Product

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'"
)
FRONT = "/front/"


@pytest.fixture
def complaints() -> list[str]:
    """What a browser's console said, and what broke in it."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """Whatever a policy forbids or a script trips over fails the test."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text))
    yield page
    context.close()
    assert complaints == []


def show(page: Page, live_server: LiveServer, body: str) -> None:
    """Open a front end's own page, which knows of the shop only the API."""
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Front</title>'
        f'<script src="/static/vrs_app/fragment.js" defer></script><h1>Front</h1>{body}</html>'
    )

    def answer(route: Route) -> None:
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)

    page.route(f"**{FRONT}", answer)
    page.goto(live_server.url + FRONT)


def place(product: Product, query: str = "", *, at: str | None = None) -> str:
    address = f"/api/products/{product.pk}/carousel/{query}" if at is None else at
    return f'<div data-vrs-carousel="{address}"><a href="/more/">More</a></div>'


def test_a_page_fetches_its_carousel_and_the_buttons_work(
    page: Page, live_server: LiveServer, product: Product
) -> None:
    show(page, live_server, place(product, "?limit=12&heading=Looks+alike"))
    page.locator(".vrs-item").nth(11).wait_for(state="attached")
    assert page.get_by_role("heading", name="Looks alike").is_visible()
    assert page.locator("[data-vrs-carousel] > a").count() == 0
    page.locator(".vrs-next").click()  # the carousel's own script came along
    page.locator(".vrs-previous[aria-disabled='false']").wait_for()
    page.locator("a.vrs-product").last.click()
    page.wait_for_url("**/products/**")


def test_what_is_far_below_is_fetched_when_it_comes_near(
    page: Page, live_server: LiveServer, product: Product
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    lines = "<p>Line</p>" * 200
    show(page, live_server, lines + place(product) + lines)
    page.wait_for_load_state("networkidle")
    assert not any("/carousel/" in address for address in asked)
    page.mouse.wheel(0, 6000)
    page.locator(".vrs-item").first.wait_for()
    assert sum("/carousel/" in address for address in asked) == 1


def test_where_there_is_nothing_the_page_keeps_its_own(
    page: Page, live_server: LiveServer, product: Product, complaints: list[str]
) -> None:
    empty = place(product, "?threshold=1&sources=visual")
    show(page, live_server, empty + place(Product(pk=0)) + place(product, "?limit=x"))
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("link", name="More").count() == 3
    for _ in range(200):
        if len(complaints) >= 2:  # of the 404 and the 400
            break
        page.wait_for_timeout(50)
    assert all("Failed to load resource" in line for line in complaints)
    assert len(complaints) == 2
    complaints.clear()


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("/moved/", id="redirected"),
        pytest.param("", id="empty"),
        pytest.param(" ", id="blank"),
        pytest.param("?page=2", id="the page itself"),
        pytest.param("/", id="no carousel"),
        pytest.param("https://elsewhere.example/carousel/", id="another origin"),
        pytest.param("http://", id="no address"),
    ],
)
def test_nothing_but_a_carousel_of_this_origin_is_put_into_a_page(
    page: Page, live_server: LiveServer, product: Product, address: str
) -> None:
    carousel = f"/api/products/{product.pk}/carousel/"
    page.route(
        "**/moved/", lambda route: route.fulfill(status=302, headers={"Location": carousel})
    )
    with_own = f'<section class="vrs-carousel"></section>{place(product, at=address)}'
    show(page, live_server, with_own)
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-vrs-carousel]").inner_html() == '<a href="/more/">More</a>'


def test_running_the_script_again_fetches_nothing_twice(
    page: Page, live_server: LiveServer, product: Product
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    again = '<script src="/static/vrs_app/fragment.js" defer></script>'
    show(page, live_server, place(product) + again)
    page.locator(".vrs-item").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert sum("/carousel/" in address for address in asked) == 1


def test_the_documentation_works_under_the_shops_own_policy(
    page: Page, live_server: LiveServer, product: Product
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(live_server.url + "/api/docs/")
    assert answer is not None
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    page.locator("#operations-recommendations-similar").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("tr[data-param-name='id'] input").fill(str(product.pk))
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    assert all(address.startswith((live_server.url, "data:")) for address in asked)
