"""Search by photo in a real browser with a real photo worker, on a phone and on a desk."""

import base64
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from redis import Redis

from shop.models import Product
from tests.conftest import LookAlikes
from tests.pictures import heic, jpeg, smooth
from tests.processes import PhotoWorker
from tests.shapes import shape

from .browsing import DESKTOP, PHONE, opened
from .photos import lying, street
from .test_accessibility_browser import violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

URL = "/search/photo/"
SIZES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": DESKTOP},
}
UPPER, LOWER = "disc", "stripes"
ANSWER_MS = 20_000
"""A watchdog's bound for an answer on a machine that does other things, too."""


@pytest.fixture(autouse=True)
def patience(settings: Settings) -> None:
    """More than a shop's: these machines run other tests beside this one."""
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 15.0}
    Redis.from_url(settings.CACHE_URL).flushdb()


@pytest.fixture
def shop(look_alikes: LookAlikes, photo_worker: PhotoWorker) -> LookAlikes:
    """Four shapes, and a warm photo worker."""
    return look_alikes


@pytest.fixture(params=SIZES)
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Page]:
    with opened(browser, live_server.url, **SIZES[request.param]) as page:
        yield page


def payload(photo: bytes) -> FilePayload:
    return {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": photo}


def choose(page: Page, photo: bytes) -> None:
    page.set_input_files("#id_photo", payload(photo))
    expect(page.locator("[data-crop]")).to_be_visible(timeout=ANSWER_MS)


def find(page: Page) -> None:
    page.get_by_role("button", name="Find products").click()
    answered(page)


def answered(page: Page) -> None:
    answer = page.locator(".photo-answer")
    expect(answer).to_have_attribute("aria-busy", "false", timeout=ANSWER_MS)
    expect(page.locator(".photo-head")).to_be_visible(timeout=ANSWER_MS)


def kinds(page: Page, count: int = 5) -> set[str]:
    """The categories of the first products of the answer."""
    names = page.locator(".photo-found .card-name").all_inner_texts()[:count]
    assert len(names) == count
    return {Product.objects.get(name=name).category.slug for name in names}


def box(page: Page) -> dict[str, int]:
    """The edges of the box as a screen reader hears them, in percent."""
    edges = ("left", "top", "right", "bottom")
    sliders = {edge: page.locator(f"[role=slider][data-edge={edge}]") for edge in edges}
    return {edge: int(each.get_attribute("aria-valuenow") or -1) for edge, each in sliders.items()}


def centre(of: Locator) -> tuple[float, float]:
    of.scroll_into_view_if_needed()
    found = of.bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def drag(page: Page, what: Locator, across: float, down: float) -> None:
    """By finger where the page is a phone's, else by mouse; so many pixels."""
    x, y = centre(what)
    if page.evaluate("matchMedia('(pointer: coarse)').matches"):
        touch(page, (x, y), (x + across, y + down))
        return
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=4)
    page.mouse.up()


def touch(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    finger = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touching = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touching})

    send("touchStart", start)
    for step in (0.25, 0.5, 0.75, 1):
        send("touchMove", tuple(a + (b - a) * step for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
    send("touchEnd")


def frame_size(page: Page) -> tuple[float, float]:
    found = page.locator("[data-frame]").bounding_box()
    assert found is not None
    return found["width"], found["height"]


# --- the whole way ---------------------------------------------------------------------------


def test_a_photo_is_cropped_and_cropped_again_without_choosing_it_again(
    page: Page, shop: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.views.results.PAGE_SIZE", 10)
    page.goto(URL)
    choose(page, street())
    assert box(page) == {"left": 0, "top": 0, "right": 100, "bottom": 100}
    _, height = frame_size(page)
    drag(page, page.locator("[role=slider][data-edge=bottom]"), 0, -height / 2)
    assert box(page)["bottom"] in range(48, 53)
    find(page)
    assert kinds(page) == {UPPER}
    drag(page, page.get_by_role("button", name="Move the box"), 0, height / 2)
    assert box(page)["top"] in range(46, 53) and box(page)["bottom"] in range(97, 101)
    find(page)
    assert kinds(page) == {LOWER}
    page.locator(".photo-found .pages button").last.click()  # next
    expect(page.locator(".photo-found [aria-current=page]")).to_have_text("2", timeout=ANSWER_MS)
    assert LOWER not in kinds(page)
    assert page.evaluate("document.activeElement.className") == "photo-head"
    page.evaluate("document.querySelector('.filters').open = true")
    page.get_by_label("Category").select_option("bars")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".photo-found .card")).to_have_count(6, timeout=ANSWER_MS)
    assert kinds(page) == {"bars"}
    page.get_by_role("button", name="Whole photo").click()
    assert box(page) == {"left": 0, "top": 0, "right": 100, "bottom": 100}


def test_a_corner_moves_two_edges_and_no_edge_passes_another(page: Page, shop: LookAlikes) -> None:
    page.goto(URL)
    choose(page, street())
    width, height = frame_size(page)
    drag(page, page.locator(".crop-corner.crop-right.crop-bottom"), -width / 2, -height / 2)
    assert box(page)["right"] in range(46, 54) and box(page)["bottom"] in range(46, 54)
    drag(page, page.locator("[role=slider][data-edge=left]"), 2 * width, 0)
    assert 0 < box(page)["left"] < box(page)["right"]
    drag(page, page.get_by_role("button", name="Move the box"), 3 * width, -3 * height)
    assert box(page)["right"] == 100 and box(page)["top"] == 0


# --- by keyboard alone -----------------------------------------------------------------------


def test_the_keyboard_crops_and_finds(page: Page, shop: LookAlikes) -> None:
    page.goto(URL)
    choose(page, street())
    page.focus("#id_photo")
    tab_to(page, "[data-move]")
    for _ in range(25):
        page.keyboard.press("Shift+ArrowUp")
    assert box(page) == {"left": 0, "top": 0, "right": 100, "bottom": 50}
    for _ in range(30):
        page.keyboard.press("ArrowDown")
    assert box(page) == {"left": 0, "top": 50, "right": 100, "bottom": 100}
    tab_to(page, "[role=slider][data-edge=left]")
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert box(page)["left"] == 10
    page.keyboard.press("Home")
    assert box(page)["left"] == 0
    left = page.get_by_role("slider", name="Left edge")
    assert left.get_attribute("aria-valuetext") == "0 % from the left"
    expect(page.locator("[data-value]")).to_have_text("0 to 100 % across, 50 to 100 % down")
    tab_to(page, ".photo-submit")
    page.keyboard.press("Enter")
    answered(page)
    assert kinds(page) == {LOWER}
    expect(page.locator("[data-status]")).to_have_text("24 products")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement).outlineStyle"
        is_hidden_field = page.evaluate("document.activeElement.type === 'file'")
        assert is_hidden_field or page.evaluate(style) != "none"
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"The keyboard does not reach {selector}.")


# --- other ways in ---------------------------------------------------------------------------


def test_a_photo_is_pasted_and_another_dropped(
    browser: Browser, live_server: LiveServer, shop: LookAlikes
) -> None:
    rights = ["clipboard-read", "clipboard-write"]
    with opened(browser, live_server.url, viewport=DESKTOP, permissions=rights) as page:
        page.goto(URL)
        upper = Image.open(BytesIO(street())).crop((0, 0, 900, 600))
        put_on_clipboard(page, upper)
        page.keyboard.press("Control+V")
        expect(page.locator("[data-crop]")).to_be_visible(timeout=ANSWER_MS)
        find(page)
        assert kinds(page) == {UPPER}
        lower = Image.open(BytesIO(street())).crop((0, 600, 900, 1200))
        drop(page, jpeg(lower))
        expect(page.locator(".photo-head")).to_have_count(0)
        find(page)
        assert kinds(page) == {LOWER}
        drop(page, None)
        expect(page.locator(".photo-problem")).to_contain_text("no photo in what you dropped")


def test_text_is_still_pasted_into_a_field(
    browser: Browser, live_server: LiveServer, db: None
) -> None:
    rights = ["clipboard-read", "clipboard-write"]
    with opened(browser, live_server.url, viewport=DESKTOP, permissions=rights) as page:
        page.goto(URL)
        page.evaluate("navigator.clipboard.writeText('red')")
        page.get_by_label("And in words").focus()
        page.keyboard.press("Control+V")
        assert page.get_by_label("And in words").input_value() == "red"
        put_on_clipboard(page, Image.new("RGB", (40, 20)), text="dress")
        page.keyboard.press("Control+V")
        assert page.get_by_label("And in words").input_value() == "reddress"
        expect(page.locator("[data-crop]")).to_be_hidden()


def put_on_clipboard(page: Page, picture: Image.Image, text: str = "") -> None:
    """The picture, and `text` beside it as a program for tables copies it."""
    file = BytesIO()
    picture.save(file, "PNG")
    write = """async ([picture, text]) => {
      const bytes = Uint8Array.from(atob(picture), each => each.charCodeAt(0));
      const parts = { "image/png": new Blob([bytes], { type: "image/png" }) };
      if (text) parts["text/plain"] = new Blob([text], { type: "text/plain" });
      await navigator.clipboard.write([new ClipboardItem(parts)]);
    }"""
    page.evaluate(write, [base64.b64encode(file.getvalue()).decode(), text])


def drop(page: Page, photo: bytes | None) -> None:
    """A photo as another program hands it over; None for a link that is dropped."""
    make = """text => {
      const carried = new DataTransfer();
      if (text === null) carried.setData("text/uri-list", "https://example.com/a.jpg");
      else {
        const bytes = Uint8Array.from(atob(text), each => each.charCodeAt(0));
        carried.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
      }
      return carried;
    }"""
    text = None if photo is None else base64.b64encode(photo).decode()
    carried = page.evaluate_handle(make, text)
    for event in ("dragover", "drop"):
        page.dispatch_event("[data-target]", event, {"dataTransfer": carried})


# --- what is sent ------------------------------------------------------------------------------


def test_a_large_photo_that_was_held_upright_is_sent_small_and_upright(
    browser: Browser, live_server: LiveServer, shop: LookAlikes
) -> None:
    large = lying(jpeg(Image.open(BytesIO(street((3000, 4000))))))
    with opened(browser, live_server.url, **SIZES["phone"]) as page:
        page.goto(URL)
        choose(page, padded(large))
        shape = page.evaluate(
            "(({ width, height }) => [width, height])(document.querySelector('canvas'))"
        )
        assert shape == [1200, 1600]
        page.locator("[role=slider][data-edge=top]").focus()
        for _ in range(5):
            page.keyboard.press("PageDown")
        with page.expect_request(f"**{URL}") as sent:
            find(page)
        assert int(sent.value.all_headers()["content-length"]) < 300_000
        assert kinds(page) == {LOWER}


def test_a_large_photo_of_few_bytes_is_made_smaller_too(page: Page, shop: LookAlikes) -> None:
    """A server refuses many pixels in a format that takes it much memory."""
    file = BytesIO()
    Image.open(BytesIO(street((3000, 4000)))).save(file, "WEBP", quality=10)
    assert len(file.getvalue()) < 400_000
    page.goto(URL)
    choose(page, file.getvalue())
    find(page)
    assert kinds(page)


def test_only_one_field_says_what_to_look_at(page: Page) -> None:
    """Not every browser can hide by its style sheet what is for those without a script."""
    page.goto(URL)
    expect(page.locator("select[name=box]")).to_have_count(0)


def padded(photo: bytes) -> bytes:
    """As heavy as a phone's photos are, though what it shows is plain."""
    return photo + bytes(1_000_000)


def test_what_the_browser_cannot_show_the_server_judges(page: Page, shop: LookAlikes) -> None:
    page.goto(URL)
    page.set_input_files("#id_photo", payload(b"no picture"))
    expect(page.locator("[data-no-preview]")).to_be_visible()
    page.get_by_role("button", name="Find products").click()
    expect(page.locator("#photo-errors")).to_contain_text("not accepted", timeout=ANSWER_MS)
    assert page.evaluate("document.activeElement.id") == "id_photo"
    assert page.locator("#id_photo").get_attribute("aria-invalid") == "true"
    choose(page, street())
    assert page.locator("#photo-errors").inner_text() == ""


def test_a_heic_is_searched_by_though_the_browser_cannot_show_it(
    page: Page, shop: LookAlikes
) -> None:
    photo = heic(Image.open(BytesIO(shape(LOWER, seed=99))).convert("RGB"), quality=95)
    page.goto(URL)
    expect(page.locator("#photo-formats")).to_contain_text("HEIC")
    page.set_input_files(
        "#id_photo", {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": photo}
    )
    expect(page.locator("[data-no-preview]")).to_be_visible()
    expect(page.locator("[data-crop]")).to_be_hidden()
    find(page)
    assert kinds(page) == {LOWER}


# --- nobody there --------------------------------------------------------------------------------


def test_without_a_worker_or_a_line_the_photo_stays_and_can_be_tried_again(
    browser: Browser,
    live_server: LiveServer,
    shop: LookAlikes,
    photo_worker: PhotoWorker,
    settings: Settings,
) -> None:
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 0.5}
    failed = "Failed to load resource"
    with opened(browser, live_server.url, expected=failed, viewport=PHONE) as page:
        with photo_worker.stopped():
            page.goto(URL)
            choose(page, street())
            page.get_by_role("button", name="Find products").click()
            problem = page.locator(".photo-problem")
            expect(problem).to_contain_text("not available at the moment", timeout=ANSWER_MS)
            expect(page.locator("[data-status]")).to_contain_text("not available at the moment")
            page.context.set_offline(True)
            page.get_by_role("button", name="Try again").click()
            expect(problem).to_contain_text("There is no connection")
            assert violations(page) == []
            page.context.set_offline(False)
        settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 15.0}
        page.get_by_role("button", name="Try again").click()
        answered(page)


# --- for everybody ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_without_a_script_upload_and_search_work(
    browser: Browser, live_server: LiveServer, shop: LookAlikes, size: str
) -> None:
    options = SIZES[size] | {"java_script_enabled": False}
    with opened(browser, live_server.url, **options) as page:
        page.goto(URL)
        page.get_by_label("Choose a photo").set_input_files(payload(street()))
        page.get_by_label("What to look at").select_option("Its lower half")
        page.get_by_role("button", name="Find products").click()
        expect(page.locator(".photo-head")).to_be_visible(timeout=ANSWER_MS)
        page.wait_for_load_state()
        assert kinds(page) == {LOWER}
        assert page.get_by_text("choose the photo again").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_the_page_shuts_anybody_out(
    browser: Browser, live_server: LiveServer, shop: LookAlikes, scheme: str
) -> None:
    for size in SIZES.values():
        with opened(browser, live_server.url, color_scheme=scheme, **size) as page:
            page.goto(URL)
            page.evaluate("document.querySelector('.filters').open = true")
            assert violations(page) == []
            page.get_by_role("button", name="Find products").click()
            expect(page.locator("#photo-errors")).to_contain_text("Choose a photo first")
            assert violations(page) == []
            choose(page, street())
            page.locator("[role=slider][data-edge=left]").focus()
            page.keyboard.press("PageDown")
            assert violations(page) == []
            page.get_by_label("And in words").fill("disc")
            find(page)
            assert violations(page) == []
            assert (
                page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
            )


@pytest.mark.parametrize("width", [320, 390, 720, 1280])
def test_no_page_of_searching_scrolls_sideways(
    browser: Browser, live_server: LiveServer, look_alikes: LookAlikes, width: int
) -> None:
    long = "Donaudampfschifffahrts" * 9
    Product.objects.filter(pk=look_alikes["disc"][0].pk).update(name=long)
    like = look_alikes["disc"][0].slug
    addresses = (URL, "/search/", f"/search/?words={long}&price_min=x", f"/search/?like={like}")
    with opened(browser, live_server.url, viewport={"width": width, "height": 800}) as page:
        for address in addresses:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.goto(URL)
        choose(page, jpeg(smooth((1200, 300))))
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_pages_of_searching_by_words_shut_nobody_out(
    browser: Browser, live_server: LiveServer, look_alikes: LookAlikes
) -> None:
    like = look_alikes["disc"][0].slug
    for size in SIZES.values():
        with opened(browser, live_server.url, **size) as page:
            for query in ("", "words=disc", "words=zeppelin", "words=disc&price_max=x",
                          f"like={like}&words=bars&alpha=9", "like=none&words=disc"):  # fmt: skip
                page.goto(f"/search/?{query}")
                page.evaluate(
                    "document.querySelectorAll('details').forEach(e => { e.open = true })"
                )
                assert violations(page) == [], query
