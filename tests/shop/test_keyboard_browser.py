"""The shop without a mouse: every step by keyboard, and the focus always in sight."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from shop.models import Product
from tests.conftest import LookAlikes

from .browsing import DESKTOP, PHONE, opened

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

FOCUSED = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return {
    ring: element.matches(":focus-visible") && style.outlineStyle !== "none"
      ? parseFloat(style.outlineWidth) : 0,
    seen: box.width > 0 && box.left >= 0 && box.right <= innerWidth
      && box.bottom > 0 && box.top < innerHeight,
    covered: !element.contains(document.elementFromPoint(
      Math.max(1, Math.min(innerWidth - 1, box.left + box.width / 2)),
      Math.max(1, Math.min(innerHeight - 1, box.top + Math.min(box.height, 40) / 2)))),
  };
}"""

MOST_STOPS = 60


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Page]:
    with opened(browser, live_server.url, viewport=request.param) as page:
        yield page


def require_focus_in_sight(page: Page) -> None:
    page.wait_for_timeout(50)  # scrolled into view
    focused = page.evaluate(FOCUSED)
    name = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    assert focused["ring"] >= 2, f"no ring around {name}"
    assert focused["seen"], f"outside the window: {name}"
    assert not focused["covered"], f"hidden behind something: {name}"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until `selector` has the focus; at each stop on the way it can be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        require_focus_in_sight(page)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"The keyboard does not reach {selector}.")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_a_product_through_its_carousel_to_the_next_product(
    page: Page, look_alikes: LookAlikes
) -> None:
    product = look_alikes["disc"][0]
    page.goto(product.get_absolute_url())
    titles = page.locator(".vrs-title").all_inner_texts()
    assert len(titles) == 12
    tab_to(page, ".vrs-items")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    scrolled = page.evaluate("document.querySelector('.vrs-items').scrollLeft")
    assert scrolled > 100
    tab_to(page, ".vrs-product")
    page.keyboard.press("Tab")
    require_focus_in_sight(page)
    enter(page)
    assert page.locator("h1").inner_text() == titles[1]
    tab_to(page, ".vrs-product")
    enter(page)
    assert page.locator("h1").inner_text() in {one.name for one in Product.objects.all()}


def test_the_last_product_of_a_carousel_can_be_seen_when_it_has_the_focus(
    page: Page, look_alikes: LookAlikes
) -> None:
    page.goto(look_alikes["disc"][0].get_absolute_url())
    tab_to(page, ".vrs-item:last-child .vrs-product")
    title = page.locator(".vrs-title").last.inner_text()
    enter(page)
    assert page.locator("h1").inner_text() == title


def test_the_way_past_the_head_leads_to_the_content(page: Page, look_alikes: LookAlikes) -> None:
    page.goto(look_alikes["disc"][0].get_absolute_url())
    tab_to(page, ".skip")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_budget_is_set_and_taken_away_again(page: Page, look_alikes: LookAlikes) -> None:
    product, cheap = look_alikes["disc"][:2]
    Product.objects.exclude(pk=cheap.pk).update(price=50)
    page.goto(product.get_absolute_url())
    tab_to(page, "a[href$='/similar/']")
    enter(page)
    assert page.locator(".card").count() == 23
    if page.locator(".filters summary").is_visible():
        tab_to(page, ".filters summary")
        page.keyboard.press("Enter")
    tab_to(page, "#id_price_max")
    page.keyboard.type("40")
    enter(page)
    assert page.locator(".card-name").all_inner_texts() == [cheap.name]
    page.goto(page.url.replace("price_max=40", "price_max=1"))
    tab_to(page, ".empty .button")
    enter(page)
    assert page.locator(".card").count() == 23
