"""What the tests of every room share: a shop with a few products, and a way to embed them."""

import itertools
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management.commands.flush import Command as Flush
from django.db import connection
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker, Settings

from shop.models import Category, Product, ProductImage
from vrs_app.indexing import enqueue
from vrs_app.indexing import worker as indexing_worker
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Heartbeat
from vrs_app.receivers import paused
from vrs_app.reports.evaluation import similarities
from vrs_app.spaces import registry
from vrs_app.testing import drain

from .emptying import flush
from .hostile import LIMITS
from .processes import PhotoWorker, wait_until, worker
from .projects.project import Project, new_project
from .shapes import shape
from .snapshots import Snapshot

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

MakeShown = Callable[..., Product]
EmbedAll = Callable[[], int]
LookAlikes = dict[str, list[Product]]

KINDS = ("disc", "stripes", "bars", "triangle")


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for each test's pictures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def long_lock_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vacuum on a busy machine must not keep this test's spaces, and the next's, from being."""
    monkeypatch.setattr(registry, "LOCK_TIMEOUT", "20s")
    monkeypatch.setattr(registry, "_not_before", 0.0)


@pytest.fixture(autouse=True)
def enqueued_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test before has enqueued for its saves: this one's do not count on that message."""
    monkeypatch.setattr(enqueue, "_enqueued_at", float("-inf"))


@pytest.fixture
def corpus_limits(settings: Settings) -> None:
    """The settings under which the files of `tests.hostile` get their verdicts."""
    settings.VRS = settings.VRS | LIMITS


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """Tests that commit leave an empty database behind, at a tenth of the price."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Flush, "handle", flush)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real headless Chromium; tests skip without one, but never in CI.

    Debian has it without its windows, too: that one takes a third of the time.
    """
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None and os.environ.get("CI") != "true":
        pytest.skip("There is no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for async code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        opened = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An evaluation of two dozen products need not draw 20,000 pairs of them, in half a second."""
    monkeypatch.setattr(similarities, "PAIRS", 1000)


@pytest.fixture(params=["refuses", "never answers"])
def dead_port(request: pytest.FixtureRequest) -> Iterator[int]:
    """Of a server that refuses connections, and of one that takes them and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        if request.param == "refuses":
            server.close()
        yield port


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names that the storage refuses to open, as for want of permission."""
    names: list[str] = []
    real = FileSystemStorage._open  # type: ignore[attr-defined]

    def open(self: FileSystemStorage, name: str, mode: str = "rb") -> Any:
        if name in names:
            raise PermissionError(13, "Permission denied", name)
        return real(self, name, mode)

    monkeypatch.setattr(FileSystemStorage, "_open", open)
    return names


@pytest.fixture(scope="module")
def photo_worker(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[PhotoWorker]:
    """A worker of the photos' queue for a whole module, its embedder loaded."""
    log = tmp_path_factory.mktemp("photos") / "photos.log"
    with worker(log, "vrs-photos") as process:
        with django_db_blocker.unblock():
            wait_until(lambda: heartbeats.last(Part.PHOTOS) is not None)
            Heartbeat.objects.all().delete()
            connection.close()
        yield PhotoWorker(process=process, log=log)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project, for a small shop."""
    with new_project(tmp_path / "project") as project:
        project.folder.mkdir()
        yield project


@pytest.fixture
def numbers() -> Iterator[int]:
    """Counts the products of a test, so that each has a name of its own."""
    return itertools.count(1)


@pytest.fixture
def make_shown(numbers: Iterator[int]) -> MakeShown:
    """Makes a product that shows the pictures `files`.

    The receivers run for its last save only, when all of it is there: that takes half the time.
    """
    return partial(_save_shown, numbers, paused)


@pytest.fixture
def save_shown(numbers: Iterator[int]) -> MakeShown:
    """The same; the receivers run for every save of it, as in a shop."""
    return partial(_save_shown, numbers, nullcontext)


def _save_shown(
    numbers: Iterator[int],
    before_the_last: Callable[[], AbstractContextManager[None]],
    /,
    *files: bytes,
    category: str = "things",
    **fields: Any,
) -> Product:
    shelf, _ = Category.objects.get_or_create(slug=category, defaults={"name": category})
    fields = {"name": f"Thing {next(numbers)}", "price": Decimal(10), "stock": 5} | fields
    with before_the_last() if files else nullcontext():
        product = Product.objects.create(category=shelf, **fields)
    for position, data in enumerate(files, 1):
        file = ContentFile(data, f"{product.slug}-{position - 1}.jpg")
        image = ProductImage(product=product, image=file, position=position - 1)
        with before_the_last() if position < len(files) else nullcontext():
            image.save()
    drain()
    return product


@pytest.fixture
def embed_all(db: None) -> EmbedAll:
    """Does a worker's work in this process until nothing waits; how many became ready."""
    return embed_waiting


def embed_waiting() -> int:
    drain()
    ready, more_wait = 0, True
    while more_wait:
        batch = indexing_worker.embed_batch()
        ready, more_wait = ready + batch.ready, batch.more_wait
    drain()
    return ready


@pytest.fixture(scope="session")
def look_alikes_once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Snapshot:
    """The shop of `look_alikes`, saved and embedded once a run."""
    media = tmp_path_factory.mktemp("look_alikes") / "media"
    with django_db_blocker.unblock():
        return Snapshot.take("look_alikes", media, save_look_alikes)


def save_look_alikes() -> None:
    numbers = itertools.count(1)
    for kind in KINDS:
        for seed in range(6):
            _save_shown(numbers, nullcontext, shape(kind, seed=seed), category=kind)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(registry, "LOCK_TIMEOUT", "20s")
        assert embed_waiting() == 24


@pytest.fixture
def look_alikes(
    look_alikes_once: Snapshot, db: None, media: Path, numbers: Iterator[int]
) -> LookAlikes:
    """Six products of each of four shapes, all embedded.

    Saved and embedded once a run; each test has a copy of the rows and files, in an empty shop.
    """
    look_alikes_once.restore(media)
    made: LookAlikes = {kind: [] for kind in KINDS}
    for product in Product.objects.select_related("category").order_by("pk"):
        made[product.category.slug].append(product)
        next(numbers)
    return made
