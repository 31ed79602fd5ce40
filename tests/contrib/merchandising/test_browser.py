"""The merchant's hands in a real browser: hide and pin in the admin, look at the shop."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from shop.models import Product

from .conftest import change_url, shown

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

WIDTHS = {"phone": 390, "desktop": 1280}


@pytest.fixture(params=WIDTHS)
def page(
    browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Logged in; whatever the shop's policy forbids or a script trips over fails the test."""
    viewport = {"width": WIDTHS[request.param], "height": 900}
    context = browser.new_context(base_url=live_server.url, viewport=viewport)  # type: ignore[arg-type]
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text))
    User.objects.create_superuser("owner", password="secret")
    page.goto("/admin/")
    page.get_by_label("Username").fill("owner")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Site administration").wait_for()
    yield page
    context.close()
    assert complaints == []


def carousel(page: Page, product: Product) -> list[str]:
    """The titles that the product's page shows beside it now."""
    page.goto(product.get_absolute_url())
    region = page.get_by_role("region", name="Products similar to this")
    return region.locator(".vrs-title").all_inner_texts()


def section(page: Page, product: Product) -> Locator:
    page.goto(change_url(product))
    return page.get_by_role("group", name="What shoppers see now")


def choose(page: Page, product: Product, other: Product, choice: str) -> None:
    """One choice, and the product's own save button."""
    chosen = section(page, product).get_by_label(f"What to do with {other.name}", exact=True)
    chosen.select_option(label=choice)
    save(page)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("was changed successfully").wait_for()


def test_hidden_here_it_is_gone_from_the_page_at_the_next_load(
    page: Page, discs: list[Product]
) -> None:
    product, other = discs[0], shown(discs[0])[2]
    assert other.name in carousel(page, product)
    choose(page, product, other, "Hide here")
    names = carousel(page, product)
    assert len(names) == 12
    assert other.name not in names
    choose(page, product, other, "Show again")
    assert other.name in carousel(page, product)


def test_hidden_everywhere_it_is_gone_from_every_page(page: Page, discs: list[Product]) -> None:
    choose(page, discs[0], discs[1], "Hide everywhere")
    names = carousel(page, discs[2])
    assert len(names) == 12
    assert discs[1].name not in names


def test_pinned_it_is_seen_first(page: Page, discs: list[Product]) -> None:
    other = shown(discs[0])[3]
    choose(page, discs[0], other, "Pin to position 1")
    assert carousel(page, discs[0])[0] == other.name
    choose(page, discs[0], other, "Unpin")
    assert carousel(page, discs[0])[0] != other.name


def test_any_product_is_looked_up_and_pinned(
    page: Page, discs: list[Product], look_alikes: dict[str, list[Product]]
) -> None:
    bars = look_alikes["bars"][0]
    section(page, discs[0]).locator(".select2-selection").click()
    page.locator(".select2-search__field").fill(bars.name)
    # All products were offered before it; a click into that list may meet the new one.
    expect(page.locator(".select2-results__option")).to_have_text([bars.name])
    page.get_by_role("option", name=bars.name, exact=True).click()
    page.get_by_label("Where to pin it").select_option(label="Pin to position 1")
    save(page)
    assert carousel(page, discs[0])[0] == bars.name


def test_the_section_fits_the_screen(page: Page, discs: list[Product]) -> None:
    box = section(page, discs[0]).bounding_box()
    size = page.viewport_size
    assert box is not None and size is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
