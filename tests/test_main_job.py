"""The main job, as a person does it: upload a product in the admin, see its look-alikes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Locator, Page
from pytest_django.live_server_helper import LiveServer

from shop.models import Product
from vrs_app.conf import conf
from vrs_app.models import ImageEmbedding

from .conftest import KINDS, MakeShown
from .processes import wait_until, worker
from .shapes import shape
from .shop.browsing import opened
from .vectors import stored

RESNET50 = "vrs_app.embedders.resnet50.ResNet50Embedder"
COLOURS = ("teal", "crimson", "navy", "olive", "purple", "black")
"""Colours of the products of each shape, a product each."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with opened(browser, live_server.url) as page:
        yield page


@pytest.fixture
def resnet50_worker(db: None, tmp_path: Path, media: Path) -> Iterator[None]:
    media.mkdir()
    with worker(tmp_path / "worker.log", EMBEDDER=RESNET50):
        yield


def wait_until_embedded(count: int, *, seconds: float) -> None:
    """Until the worker has embedded so many pictures."""
    ready = ImageEmbedding.objects.filter(state="ready")
    wait_until(lambda: ready.count() == count, seconds=seconds)


def by_exact_scan(product: Product) -> list[str]:
    """The names of all other products, nearest first, by plain arithmetic."""
    rows = ImageEmbedding.objects.select_related("image__product")
    vectors = {row.image.product: stored(row) for row in rows}
    own = vectors.pop(product)
    nearest = sorted(vectors, key=lambda each: -float(vectors[each] @ own))
    return [each.name for each in nearest][: conf.LIMIT]


# --- the steps ------------------------------------------------------------------------------


def stock_the_shop(make_shown: MakeShown) -> None:
    """Each shape in each colour, embedded by the worker."""
    for kind in KINDS:
        for colour in COLOURS:
            make_shown(shape(kind, colour), name=f"{colour} {kind}", category=kind)
    wait_until_embedded(len(KINDS) * len(COLOURS), seconds=90)


def log_in(page: Page) -> None:
    User.objects.create_superuser("owner", password="secret")
    page.goto("/admin/")
    page.get_by_label("Username").fill("owner")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()


def upload(page: Page, name: str, kind: str, folder: Path) -> Product:
    """A new product with its photo, by the admin's form; embedded when this returns."""
    photo = folder / "photo.jpg"
    photo.write_bytes(shape(kind, "orange"))
    before = ImageEmbedding.objects.filter(state="ready").count()
    page.goto("/admin/shop/product/add/")
    page.get_by_label("Name").fill(name)
    page.locator("#id_category").select_option(label=kind)
    page.get_by_label("Price").fill("24.90")
    page.locator("#id_images-0-image").set_input_files(photo)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()
    wait_until_embedded(before + 1, seconds=30)
    return Product.objects.get(name=name)


def carousel_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Products similar to this")


def titles_of_carousel(page: Page) -> list[str]:
    return carousel_of(page).locator(".vrs-item .vrs-title").all_inner_texts()


def require_mostly(titles: list[str], names: set[str]) -> None:
    """The first shown is one of `names`, and so are most of the first five."""
    assert titles[0] in names
    assert len(names & set(titles[:5])) >= 3, "chance is one in four"


# --- the job --------------------------------------------------------------------------------


def test_an_uploaded_product_shows_its_look_alikes(
    page: Page,
    resnet50_worker: None,
    make_shown: MakeShown,
    tmp_path: Path,
) -> None:
    stock_the_shop(make_shown)
    log_in(page)
    product = upload(page, "The new one", "stripes", tmp_path)
    page.goto(product.get_absolute_url())
    titles = titles_of_carousel(page)
    assert titles == by_exact_scan(product)
    require_mostly(titles, {f"{colour} stripes" for colour in COLOURS})
    carousel_of(page).get_by_role("link").first.click()
    assert page.locator("h1").inner_text() == titles[0]
