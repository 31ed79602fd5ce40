"""Failed pictures in the admin, as staff see them in a real browser."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from shop.models import Product
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Change, IndexedImage

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape
from ..shop.browsing import DESKTOP, PHONE, opened

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

PICTURES = "admin:vrs_app_indexedimage_changelist"
PRODUCTS = "admin:shop_product_changelist"
OURS = [
    ".vrs-notice",
    ".vrs-retry",
    "[class^=field-reason]",
    ".vrs-waiting",
    ".vrs-waiting-cell",
]


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(
    browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Logged in; whatever the shop's policy forbids or a script trips over fails the test."""
    with opened(browser, live_server.url, viewport=request.param) as page:
        log_in(page)
        yield page


def log_in(page: Page) -> None:
    User.objects.create_superuser("owner", password="secret")
    page.goto("/admin/")
    page.get_by_label("Username").fill("owner")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Site administration").wait_for()


@pytest.fixture
def product(make_shown: MakeShown, embed_all: EmbedAll) -> Product:
    """One that has a failed picture among good ones, and its fellow has two."""
    product = make_shown(shape(), shape("bars")[:400], name="Red dress")
    make_shown(b"", shape("disc")[:300], name="Blue dress")
    embed_all()
    return product


def revisions() -> list[int]:
    return list(IndexedImage.objects.order_by("pk").values_list("revision", flat=True))


def grave(page: Page) -> list[str]:
    """What axe-core finds grave in what is ours; Django's own pages are Django's."""
    ours = [selector for selector in OURS if page.locator(selector).count()]
    assert ours
    found: list[dict[str, Any]] = Axe().run(page, context={"include": ours}).response["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


def test_one_failed_picture_is_tried_again_from_its_row(page: Page, product: Product) -> None:
    page.goto(reverse(PICTURES) + "?state=failed")
    page.get_by_role("button", name="Try again: Red dress").click()
    page.get_by_text("1 picture waits to be embedded again.").wait_for()
    assert page.url.endswith("?state=failed")
    assert revisions() == [1, 2, 1, 1]


def test_all_failed_pictures_are_tried_again_at_once(page: Page, product: Product) -> None:
    page.goto(reverse(PICTURES))
    page.get_by_role("heading", name="3 pictures failed").wait_for()
    button = page.get_by_role("button", name="Try all 3 failed pictures again")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_text("3 pictures wait to be embedded again.").wait_for()
    assert revisions() == [1, 2, 2, 2]


def test_from_the_product_to_its_failed_picture_and_back(page: Page, product: Product) -> None:
    page.goto(reverse("admin:shop_product_change", args=[product.pk]))
    assert page.get_by_text("The file is damaged or cut short.").is_visible()
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("1 picture waits to be embedded again.").wait_for()
    assert revisions() == [1, 2, 1, 1]
    page.get_by_role("link", name="Red dress").click()
    page.get_by_role("heading", name="Change product").wait_for()


def test_what_a_technician_needs_is_behind_a_word(page: Page, product: Product) -> None:
    heartbeats.beat(Part.WORKER, problem="There is no weights file at /nowhere.")
    page.goto(reverse(PICTURES))
    notice = page.locator(".vrs-hindrance")
    assert "Nothing is lost" in notice.inner_text()
    problem = notice.get_by_text("There is no weights file at /nowhere.")
    assert not problem.is_visible()
    notice.get_by_text("Details", exact=True).click()
    assert problem.is_visible()


def test_what_is_above_the_list_fits_the_screen(page: Page, product: Product) -> None:
    heartbeats.beat(Part.WORKER, problem="/" + "weights" * 40)
    page.goto(reverse(PICTURES))
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    size = page.viewport_size
    assert size is not None
    for notice in page.locator(".vrs-notice").all():
        box = notice.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]


def a_change_waits(product: Product) -> None:
    """One that waits, and one of another product that could not be compared."""
    other = Product.objects.exclude(pk=product.pk).get()
    Change.objects.create(product=str(product.pk))
    problem = "ValueError: /" + "no-title" * 30
    later = timezone.now() + timedelta(hours=1)
    Change.objects.create(product=str(other.pk), error=problem, not_before=later)


def test_what_waits_is_seen_on_every_page_and_fits_the_screen(
    page: Page, product: Product
) -> None:
    a_change_waits(product)
    size = page.viewport_size
    assert size is not None
    other = Product.objects.exclude(pk=product.pk).get()
    for url, said in (
        (reverse("admin:shop_product_change", args=[product.pk]), "waiting to be compared"),
        (reverse("admin:shop_product_change", args=[other.pk]), "Could not be compared"),
        (reverse(PICTURES), "waiting to be compared"),
        (reverse(PRODUCTS), "waiting to be compared"),
    ):
        page.goto(url)
        notice = page.locator(".vrs-waiting, .vrs-waiting-cell").filter(has_text=said).first
        notice.scroll_into_view_if_needed()
        assert notice.is_visible()
        box = notice.bounding_box()
        assert box is not None
        assert box["width"] <= size["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_of_ours_shuts_anybody_out(
    browser: Browser, live_server: LiveServer, product: Product, scheme: Literal["light", "dark"]
) -> None:
    # axe-core itself trips over the policy where it looks at a part of a page.
    context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
    page = context.new_page()
    log_in(page)
    heartbeats.beat(Part.WORKER, problem="There is no weights file at /nowhere.")
    failed = IndexedImage.objects.filter(product=product.pk).latest("pk")
    a_change_waits(product)
    for url in (
        reverse(PICTURES),
        reverse(PRODUCTS),
        reverse("admin:shop_product_change", args=[product.pk]),
        reverse("admin:vrs_app_indexedimage_change", args=[failed.pk]),
    ):
        page.goto(url)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert grave(page) == [], url
    context.close()
