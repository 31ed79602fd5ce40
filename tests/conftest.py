"""What the tests of every room share: a shop with a few products, and a way to embed them."""

import itertools
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from playwright.sync_api import Browser, sync_playwright
from pytest_django import Settings

from shop.models import Category, Product, ProductImage
from vrs_app.indexing import worker
from vrs_app.spaces import registry

from .hostile import LIMITS
from .projects.project import Project, new_project
from .shapes import shape

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

MakeShown = Callable[..., Product]
EmbedAll = Callable[[], int]
LookAlikes = dict[str, list[Product]]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for each test's pictures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def patient_making(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vacuum on a busy machine must not keep this test's spaces, and the next's, from being."""
    monkeypatch.setattr(registry, "LOCK_TIMEOUT", "20s")
    monkeypatch.setattr(registry, "_not_before", 0.0)


@pytest.fixture
def corpus_limits(settings: Settings) -> None:
    """The settings under which the files of `tests.hostile` get their verdicts."""
    settings.VRS = settings.VRS | LIMITS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real headless Chromium; tests skip without one, but never in CI."""
    chromium = shutil.which("chromium")
    if chromium is None and os.environ.get("CI") != "true":
        pytest.skip("There is no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for async code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        opened = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


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


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project, for a small shop."""
    with new_project(tmp_path / "project") as project:
        project.folder.mkdir()
        yield project


@pytest.fixture
def make_shown() -> MakeShown:
    """Makes a product that shows the pictures `files`, saved as a shop saves them."""
    numbers = itertools.count(1)

    def make(*files: bytes, category: str = "things", **fields: Any) -> Product:
        shelf, _ = Category.objects.get_or_create(slug=category, defaults={"name": category})
        fields = {"name": f"Thing {next(numbers)}", "price": Decimal(10), "stock": 5} | fields
        product = Product.objects.create(category=shelf, **fields)
        for position, data in enumerate(files):
            file = ContentFile(data, f"{product.slug}-{position}.jpg")
            ProductImage.objects.create(product=product, image=file, position=position)
        return product

    return make


@pytest.fixture
def embed_all(db: None) -> EmbedAll:
    """Does a worker's work in this process until nothing waits; how many became ready."""

    def embed() -> int:
        ready, more_wait = 0, True
        while more_wait:
            batch = worker.embed_batch()
            ready, more_wait = ready + batch.ready, batch.more_wait
        return ready

    return embed


@pytest.fixture
def look_alikes(make_shown: MakeShown, embed_all: EmbedAll) -> LookAlikes:
    """Six products of each of four shapes, all embedded."""
    made = {
        kind: [make_shown(shape(kind, seed=seed), category=kind) for seed in range(6)]
        for kind in ("disc", "stripes", "bars", "triangle")
    }
    assert embed_all() == 24
    return made
