"""The whole way with a real photo worker: a photo in, products out."""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from django.db import connections, transaction
from PIL import Image
from pytest_django import Settings

from shop.models import Product
from vrs_app.exceptions import PhotoSearchUnavailable, PictureWithoutContent
from vrs_app.indexing.enqueue import enqueue_batch
from vrs_app.models import ImageEmbedding
from vrs_app.photos import look
from vrs_app.queries import search

from ..conftest import MakeShown
from ..pictures import encoded, jpeg
from ..processes import PhotoWorker, wait_until, worker
from ..shapes import shape

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("look_alikes"),
]


@pytest.fixture(autouse=True)
def patience(photos: None, settings: Settings) -> None:
    """As a shop has it: a machine that runs other tests is slow now and then."""
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 5.0}


def kinds(photo: bytes, box: tuple[float, float, float, float] | None = None) -> set[str]:
    """The categories of the five products that look most like a photo."""
    found = search(photo=look(BytesIO(photo), box), limit=5)
    products = [one.product for one in found]
    assert len(products) == 5
    assert all(isinstance(product, Product) for product in products)
    return {product.category.slug for product in products}


def test_a_photo_finds_its_like_and_leaves_nothing_behind(
    in_the_cache: Callable[[], list[bytes]], photo_worker: PhotoWorker
) -> None:
    for kind in ("disc", "stripes", "bars", "triangle"):
        assert kinds(shape(kind, seed=99)) == {kind}
    assert in_the_cache() == []
    assert "JFIF" not in photo_worker.log.read_text(errors="replace")


@pytest.mark.usefixtures("photo_worker")
def test_a_box_of_a_photo_finds_what_is_in_it() -> None:
    street = Image.new("RGB", (400, 200), "white")
    for number, kind in enumerate(("disc", "bars")):
        one = Image.open(BytesIO(shape(kind, seed=99))).resize((200, 200))
        street.paste(one, (200 * number, 0))
    photo = encoded(street, "PNG")
    assert kinds(photo, (0.0, 0.0, 0.5, 1.0)) == {"disc"}
    assert kinds(photo, (0.5, 0.0, 1.0, 1.0)) == {"bars"}


@pytest.mark.usefixtures("photo_worker")
def test_a_photo_with_nothing_in_it_is_told_by_the_worker() -> None:
    with pytest.raises(PictureWithoutContent, match="Upload one that shows"):
        look(BytesIO(jpeg(Image.new("RGB", (64, 64), "grey"))))


@pytest.mark.usefixtures("photo_worker")
def test_the_photo_worker_takes_no_products(make_shown: MakeShown) -> None:
    enqueue_batch()
    make_shown(shape("disc", seed=50))
    assert kinds(shape("disc", seed=99)) == {"disc"}
    assert ImageEmbedding.objects.filter(state="ready").count() == 24


def test_a_backlog_of_products_holds_up_no_photo(
    photo_worker: PhotoWorker, make_shown: MakeShown, tmp_path: Path
) -> None:
    with transaction.atomic():
        for seed in range(100, 300):
            make_shown(shape(seed=seed))
    for _ in range(50):
        enqueue_batch()
    log = tmp_path / "products.log"
    with worker(log, empty=False):
        wait_until(lambda: "embed_waiting[" in log.read_text())
        assert kinds(shape("bars", seed=99)) == {"bars"}
        assert ImageEmbedding.objects.exclude(state=ImageEmbedding.State.READY).exists()
    # And it is another worker that embeds them.
    assert "look_at_photo[" not in log.read_text()
    assert "embed_waiting[" not in photo_worker.log.read_text()
    assert "look_at_photo[" in photo_worker.log.read_text()


def test_a_worker_that_is_killed_amidst_costs_no_more_than_the_patience_and_is_replaced(
    photo_worker: PhotoWorker, settings: Settings, in_the_cache: Callable[[], list[bytes]]
) -> None:
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 1.5}
    [child] = psutil.Process(photo_worker.process.pid).children()
    os.kill(child.pid, signal.SIGSTOP)  # amidst: it has the photo's task, and does not answer
    outcome: list[float] = []

    def visit() -> None:
        began = time.monotonic()
        with suppress(PhotoSearchUnavailable):  # or the next child answers in time, with luck
            look(BytesIO(shape()))
        outcome.append(time.monotonic() - began)

    visitor = threading.Thread(target=visit)
    visitor.start()
    wait_until(lambda: in_the_cache() != [])
    os.kill(child.pid, signal.SIGKILL)
    visitor.join()
    assert outcome[0] < 4
    # What the next child tells a visitor who has left goes by itself.
    wait_until(lambda: in_the_cache() == [], seconds=20)
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 5.0}
    wait_until(lambda: _finds("disc"), seconds=30)


def _finds(kind: str) -> bool:
    try:
        return kinds(shape(kind, seed=99)) == {kind}
    except PhotoSearchUnavailable:
        return False


@pytest.mark.usefixtures("photo_worker")
def test_visitors_at_the_same_time_are_all_answered_rightly(settings: Settings) -> None:
    def visit(kind: str) -> set[str]:
        try:
            return kinds(shape(kind, seed=99))
        finally:
            connections.close_all()

    asked = ["disc", "stripes", "bars", "triangle"] * 2
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(visit, asked)) == [{kind} for kind in asked]
