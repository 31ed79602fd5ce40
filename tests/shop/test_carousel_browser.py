"""The carousel in a real browser, on a page that allows nothing but its own files."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Route

from .conftest import picture_bytes
from .test_carousel import item, render

POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'"
SHOP = "http://shop.test/"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def answer(route: Route) -> None:
    """The page, its static files, and one picture for every thumbnail."""
    path = route.request.url.removeprefix(SHOP)
    headers = {"Content-Security-Policy": POLICY}
    if not path:
        twins = [item(title="A twin with a long name " * 4, url="/products/twin/")]
        dresses = [item(title=f"Dress {number}") for number in range(11)]
        html = page_html(render(item(title="Dress", duplicates=twins), *dresses))
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
    elif path.startswith("static/"):
        route.fulfill(path=str(finders.find(path.removeprefix("static/"))))
    elif path.startswith("thumbnails/"):
        route.fulfill(body=picture_bytes((300, 400)), content_type="image/jpeg")
    else:
        route.fulfill(status=HTTPStatus.NO_CONTENT)


def page_html(carousel: str, *, direction: str = "ltr") -> str:
    return (
        f'<!doctype html><html lang="en" dir="{direction}"><meta charset="utf-8">'
        f"<title>Shop</title><p>Above</p>{carousel}{carousel}<p>Below</p></html>"
    )


@pytest.fixture
def options() -> dict[str, Any]:
    return {"viewport": {"width": 1000, "height": 800}, "reduced_motion": "reduce"}


@pytest.fixture
def page(browser: Browser, options: dict[str, Any]) -> Iterator[Page]:
    """The shop's page; whatever its policy forbids or its script trips over fails the test."""
    context = browser.new_context(**options)
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text))
    page.route("**/*", answer)
    page.goto(SHOP)
    yield page
    context.close()
    assert complaints == []


def position(page: Page) -> float:
    return float(page.evaluate("document.querySelector('.vrs-items').scrollLeft"))


def until(page: Page, condition: str) -> None:
    """Wait by asking from outside: the policy stops the driver's own way of waiting."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(30)
    pytest.fail(f"never came true: {condition}")


def is_disabled(page: Page, button: str) -> bool:
    return page.locator(button).first.get_attribute("aria-disabled") == "true"


def test_the_buttons_lead_on_and_back_and_stop_at_the_ends(page: Page) -> None:
    previous, following = ".vrs-previous", ".vrs-next"
    assert is_disabled(page, previous)
    assert not is_disabled(page, following)
    page.locator(following).first.click()
    until(page, "document.querySelector('.vrs-items').scrollLeft > 400")
    until(page, "document.querySelector('.vrs-previous').ariaDisabled === 'false'")
    for _ in range(5):  # forced: the driver does not press what says that it is disabled
        page.locator(following).first.click(force=True)
        page.wait_for_timeout(50)
    until(page, "document.querySelector('.vrs-next').ariaDisabled === 'true'")
    page.locator(previous).first.click()
    until(page, "document.querySelector('.vrs-next').ariaDisabled === 'false'")


def test_the_buttons_keep_the_focus_at_the_ends(page: Page) -> None:
    following = page.locator(".vrs-next").first
    following.focus()
    for _ in range(6):
        page.keyboard.press("Enter")
        page.wait_for_timeout(50)
    until(page, "document.querySelector('.vrs-next').ariaDisabled === 'true'")
    assert page.evaluate("document.activeElement.classList.contains('vrs-next')")


def test_the_keyboard_opens_near_duplicates_and_goes_on_to_their_links(page: Page) -> None:
    summary = page.locator(".vrs-summary").first
    closed = page.evaluate("document.querySelector('.vrs-items').clientHeight")
    assert not page.locator(".vrs-twin a").first.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('details').open")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/products/twin/"
    assert page.evaluate("document.querySelector('.vrs-items').clientHeight") > closed
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_arrow_keys_move_by_one_product(page: Page) -> None:
    page.locator(".vrs-items").first.focus()
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.vrs-items').scrollLeft > 100")
    page.wait_for_timeout(100)
    one = page.evaluate(
        "(([a, b]) => b.offsetLeft - a.offsetLeft)(document.querySelectorAll('.vrs-item'))"
    )
    assert position(page) == pytest.approx(one, abs=2)
    page.keyboard.press("ArrowLeft")
    until(page, "document.querySelector('.vrs-items').scrollLeft < 1")


def test_nothing_moves_while_style_script_and_pictures_arrive(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """new Promise(resolve => new PerformanceObserver(list => resolve(
             list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))
           .observe({type: "layout-shift", buffered: true}) || setTimeout(resolve, 300, 0))"""
    )
    assert shift == 0


def test_pictures_outside_the_window_are_not_fetched(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    sizes = page.eval_on_selector_all(".vrs-image", "all => all.map(each => each.loading)")
    assert set(sizes) == {"lazy"}


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_itself_never_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


class TestWithoutScript:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        viewport = {"width": 390, "height": 800}
        return {
            "viewport": viewport,
            "java_script_enabled": False,
            "reduced_motion": "reduce",
        }

    def test_there_are_no_buttons_and_the_keyboard_reaches_every_product(self, page: Page) -> None:
        assert not page.locator(".vrs-controls").first.is_visible()
        for _ in range(14):  # the list itself, its links, and one that opens near-duplicates
            page.keyboard.press("Tab")
        page.wait_for_timeout(200)
        last = page.locator(".vrs-carousel").first.locator(".vrs-product").last
        box = last.bounding_box()
        assert box is not None
        assert 0 <= box["x"] < 390
