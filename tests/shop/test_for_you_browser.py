"""Liking, dismissing and a bag in a real browser, by mouse and by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from shop.models import Product
from tests.conftest import LookAlikes

from .browsing import DESKTOP, PHONE, opened
from .test_accessibility_browser import SEEN, violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Page]:
    with opened(browser, live_server.url, viewport=request.param) as page:
        yield page


@pytest.fixture(params=SEEN, ids=["phone", "desktop", "dark"])
def seen(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Page]:
    with opened(browser, live_server.url, **request.param) as page:
        yield page


def like(page: Page, product: Product) -> None:
    page.goto(product.get_absolute_url())
    button = page.get_by_role("button", name="Like", exact=True)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def fits(page: Page) -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def test_two_likes_make_the_page_and_not_interested_takes_one_away(
    page: Page, look_alikes: LookAlikes
) -> None:
    disc, stripes = look_alikes["disc"][0], look_alikes["stripes"][0]
    like(page, disc)
    like(page, stripes)
    page.get_by_role("link", name="For you").click()
    for liked in (disc, stripes):
        reasons = page.get_by_text(f"Because you liked {liked.name}", exact=True)
        expect(reasons).not_to_have_count(0)
    places = page.locator(".own-place")
    expect(places).to_have_count(20)
    assert fits(page)
    gone = places.nth(2).locator(".card-name").inner_text()
    page.get_by_role("button", name=f"Not interested in {gone}", exact=True).click()
    expect(page).to_have_url(f"{page.url.partition('/for-you/')[0]}/for-you/#place-3")
    page.wait_for_load_state()
    names = places.locator(".card-name").all_inner_texts()
    assert len(names) == 20
    assert gone not in names
    page.goto("/")
    names = page.locator(".vrs-recommended .vrs-title").all_inner_texts()
    assert len(names) == 10
    assert gone not in names
    page.locator(".vrs-dismiss").first.click()
    expect(page.locator(".vrs-recommended .vrs-title").first).not_to_have_text(names[0])
    page.wait_for_load_state()
    assert names[0] not in page.locator(".vrs-recommended .vrs-title").all_inner_texts()
    assert fits(page)


def test_a_like_is_taken_back_and_the_page_stays_where_it_was(
    page: Page, look_alikes: LookAlikes
) -> None:
    product = look_alikes["disc"][0]
    page.goto(product.get_absolute_url())
    before = page.evaluate("scrollY")
    like(page, product)
    assert page.evaluate("scrollY") == before == 0
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.locator(".like")).to_have_attribute("aria-pressed", "false")


def test_the_bag_is_filled_changed_and_ordered(page: Page, look_alikes: LookAlikes) -> None:
    for product in look_alikes["disc"][:2]:
        page.goto(product.get_absolute_url())
        page.get_by_role("button", name="Add to bag").click()
        expect(page.get_by_role("link", name="In your bag")).to_be_visible()
    page.get_by_role("link", name="Bag (2)").click()
    assert fits(page)
    page.get_by_role("button", name=f"Remove {look_alikes['disc'][0].name}").click()
    expect(page.get_by_role("link", name="Bag (1)")).to_be_visible()
    page.get_by_role("button", name="Order").click()
    expect(page.get_by_role("status")).to_contain_text("nothing was really bought")
    expect(page.get_by_role("link", name="Bag (0)")).to_be_visible()


def test_all_of_it_works_by_keyboard(page: Page, look_alikes: LookAlikes) -> None:
    page.goto(look_alikes["disc"][0].get_absolute_url())
    press(page, "Like")
    expect(page.locator(".like")).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state()  # until then the page has no place to go on from
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert focus_after_tab(page) == "Add to bag"  # it goes on where it was
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Bag (1)")).to_be_visible()
    press(page, "For you")
    expect(page.get_by_role("heading", name="For you")).to_be_visible()
    first = page.locator(".own-place .card-name").first.inner_text()
    press(page, f"Not interested in {first}")
    expect(page.locator(".own-place .card-name").first).not_to_have_text(first)


@pytest.mark.parametrize("width", [320, 390])
def test_the_head_fits_a_phone(
    browser: Browser, live_server: LiveServer, width: int, look_alikes: LookAlikes
) -> None:
    with opened(browser, live_server.url, viewport={"width": width, "height": 700}) as page:
        page.goto("/")
        name, links = page.locator(".wordmark").bounding_box(), page.locator(".own").bounding_box()
        assert name
        assert links
        assert abs(name["y"] + name["height"] / 2 - links["y"] - links["height"] / 2) < 4
        assert fits(page)


def test_without_a_script_all_of_it_works(
    browser: Browser, live_server: LiveServer, look_alikes: LookAlikes
) -> None:
    with opened(browser, live_server.url, java_script_enabled=False) as page:
        like(page, look_alikes["disc"][0])
        page.get_by_role("button", name="Add to bag").click()
        expect(page.get_by_role("link", name="In your bag")).to_be_visible()
        page.goto("/for-you/")
        first = page.locator(".own-place .card-name").first.inner_text()
        page.locator(".own-place .plain").first.click()
        expect(page.locator(".own-place .card-name").first).not_to_have_text(first)


def test_no_page_shuts_anybody_out(seen: Page, look_alikes: LookAlikes) -> None:
    urls = ("/for-you/", "/bag/", "/", look_alikes["disc"][1].get_absolute_url())
    for url in urls:
        seen.goto(url)
        assert violations(seen) == [], url
    like(seen, look_alikes["disc"][0])
    seen.goto(urls[3])
    seen.get_by_role("button", name="Add to bag").click()
    for url in (*urls, look_alikes["disc"][0].get_absolute_url()):
        seen.goto(url)
        assert violations(seen) == [], url
    seen.goto("/bag/")
    seen.get_by_role("button", name="Order").click()
    expect(seen.get_by_role("status")).to_be_visible()
    seen.wait_for_load_state()
    assert violations(seen) == []


FOCUSED = """
    (document.activeElement.getAttribute("aria-label") || document.activeElement.innerText).trim()
"""


def focus_after_tab(page: Page) -> str:
    page.keyboard.press("Tab")
    return str(page.evaluate(FOCUSED))


def press(page: Page, name: str) -> None:
    """Tabs to what has that name, which must be seen to have the focus, and presses Enter."""
    for _ in range(60):
        if focus_after_tab(page) == name:
            break
    else:
        raise AssertionError(f"No key leads to {name}.")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
