"""The page of all similar products in a real browser: small, wide, and without scripts."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from shop.models import Product
from tests.conftest import LookAlikes

from .browsing import DESKTOP, PHONE, opened

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_budget_needs_no_script(
    browser: Browser, live_server: LiveServer, look_alikes: LookAlikes, viewport: dict[str, int]
) -> None:
    product, cheap = look_alikes["disc"][:2]
    Product.objects.exclude(pk=cheap.pk).update(price=50)
    with opened(browser, live_server.url, viewport=viewport, java_script_enabled=False) as page:
        page.goto(product.get_absolute_url())
        page.get_by_role("link", name="See all similar products").click()
        page.wait_for_load_state()
        if not page.get_by_label("Price to").is_visible():
            page.locator("summary").click()
        page.get_by_label("Price to").fill("40")
        page.get_by_label("Category").select_option("disc")
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".card-name")).to_have_text([cheap.name])
        page.goto(page.url.replace("price_max=40", "price_max=forty"))
        assert page.get_by_label("Price to").is_visible()
        assert page.get_by_text("Write an amount such as 50").is_visible()


def test_a_wide_screen_shows_the_fields_at_once_and_a_phone_on_request(
    browser: Browser, live_server: LiveServer, look_alikes: LookAlikes
) -> None:
    url = f"{look_alikes['disc'][0].get_absolute_url()}similar/"
    with opened(browser, live_server.url, viewport=DESKTOP) as page:
        page.goto(url)
        assert page.get_by_label("Price from").is_visible()
        page.set_viewport_size({"width": 390, "height": 844})
        assert not page.get_by_label("Price from").is_visible()


@pytest.mark.parametrize("width", [320, 390, 720, 1280])
def test_no_page_scrolls_sideways(
    browser: Browser, live_server: LiveServer, look_alikes: LookAlikes, width: int
) -> None:
    product = look_alikes["disc"][0]
    Product.objects.filter(pk=product.pk).update(name="Donaudampfschifffahrts" * 9, price=999999)
    url = product.get_absolute_url()
    with opened(browser, live_server.url, viewport={"width": width, "height": 800}) as page:
        for address in (url, f"{url}similar/", f"{url}similar/?price_min=x&price_max=-1"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
