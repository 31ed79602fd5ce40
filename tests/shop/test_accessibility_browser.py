"""axe-core looks at every page of the shop, as the shop serves it."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from shop.models import Product
from tests.conftest import EmbedAll, LookAlikes, MakeShown
from tests.shapes import shape

from .browsing import DESKTOP, PHONE, opened

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

GRAVE = {"serious", "critical"}
SEEN = [
    {"viewport": PHONE},
    {"viewport": DESKTOP},
    {"viewport": PHONE, "color_scheme": "dark"},
]


@pytest.fixture(params=SEEN, ids=["phone", "desktop", "dark"])
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Page]:
    with opened(browser, live_server.url, **request.param) as page:
        yield page


def violations(page: Page) -> list[str]:
    """What axe-core finds grave. It runs outside the page's policy, which stays in force."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['html'][:160]}"
        for each in found
        for node in each["nodes"]
        if each["impact"] in GRAVE
    ]


def test_axe_core_finds_what_is_wrong(page: Page, db: None) -> None:
    page.goto("/")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert {each.split()[0] for each in violations(page)} == {"html-has-lang", "label"}


def test_no_page_of_the_shop_shuts_anybody_out(
    page: Page, look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = stocked(look_alikes["disc"], make_shown, embed_all)
    new = make_shown(shape("disc"), name="Not compared yet")
    similar = f"{product.get_absolute_url()}similar/"
    for url in (
        "/",
        "/?page=2",
        product.category.get_absolute_url(),
        product.get_absolute_url(),
        similar,
        f"{similar}?price_max=50&diversity=0.2&page=2",
        f"{similar}?price_min=x&price_max=-1&category=none&diversity=7",
        f"{similar}?price_min=900",
        f"{new.get_absolute_url()}similar/",
    ):
        page.goto(url)
        open_all(page)
        if url == product.get_absolute_url():
            assert page.locator(".vrs-twin").first.is_visible()
        assert violations(page) == [], url


def test_the_page_for_what_is_not_there_shuts_nobody_out(
    browser: Browser, live_server: LiveServer, db: None
) -> None:
    context = browser.new_context(base_url=live_server.url)  # it complains of its own status
    page = context.new_page()
    page.goto("/products/none/")
    assert page.locator("h1").inner_text() == "There is no such page"
    assert violations(page) == []
    context.close()


def stocked(discs: list[Product], make_shown: MakeShown, embed_all: EmbedAll) -> Product:
    """A product with all that its page may show, in a shop of two pages."""
    for product, stock in zip(discs, (0, 1, 9), strict=False):
        Product.objects.filter(pk=product.pk).update(stock=stock)
    made = make_shown(
        shape("disc", seed=50),
        shape("disc", seed=51),
        name="Disc of many pictures",
        category="disc",
        description="Round.\n\nAll around.",
        colour="teal",
        pattern="plain",
        stock=2,
    )
    for number in range(6):  # twins of what is there: nearly the same products
        make_shown(shape("disc", seed=number), category="disc")
    embed_all()
    return made


def open_all(page: Page) -> None:
    """Whatever the page folds up."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
