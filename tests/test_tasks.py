"""The bell, against brokers that are down or silent, and real workers that hear it."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction

from shop.models import ProductImage
from vrs_app import heartbeats, tasks
from vrs_app.heartbeats import Part
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.receivers import paused

from .conftest import MakeShown
from .processes import wait_until, worker
from .shapes import shape

SECONDS_A_SAVE_MAY_TAKE = 1.0


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def move(port: int) -> None:
        monkeypatch.setattr(current_app.conf, "broker_url", f"redis://127.0.0.1:{port}/0")

    return move


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def refusing_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker", ["silent_port", "refusing_port"])
def test_a_dead_broker_never_holds_up_or_fails_a_save(
    broker: str,
    request: pytest.FixtureRequest,
    broker_at: Callable[[int], None],
    make_shown: MakeShown,
) -> None:
    product = make_shown()
    broker_at(request.getfixturevalue(broker))
    tasks.ring()  # the first call imports the broker's library
    began = time.monotonic()
    ProductImage.objects.create(product=product, image=ContentFile(shape(), "picture.jpg"))
    assert time.monotonic() - began < SECONDS_A_SAVE_MAY_TAKE
    assert IndexedImage.objects.get().product_id == product.pk


def states() -> list[str]:
    return list(ImageEmbedding.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestWithARealWorker:
    @pytest.fixture(autouse=True)
    def running(self, db: None, tmp_path: Path, media: Path) -> Iterator[None]:
        media.mkdir()
        with worker(tmp_path / "worker.log"):
            yield

    def test_a_saved_picture_becomes_ready(self, make_shown: MakeShown) -> None:
        make_shown(shape())
        wait_until(lambda: states() == ["ready"])

    def test_a_worker_of_products_loads_nothing_for_photos(self, make_shown: MakeShown) -> None:
        make_shown(shape())
        wait_until(lambda: states() == ["ready"])
        assert heartbeats.last(Part.PHOTOS) is None

    def test_a_bad_picture_fails_and_the_others_become_ready(self, make_shown: MakeShown) -> None:
        make_shown(shape("disc"), b"<html>", shape("bars"))
        wait_until(lambda: sorted(states()) == ["failed", "ready", "ready"])

    def test_more_than_a_batch_is_embedded_without_another_bell(
        self, make_shown: MakeShown
    ) -> None:
        with transaction.atomic():  # one bell for all of them
            for seed in range(70):
                make_shown(shape(seed=seed))
        wait_until(lambda: states() == ["ready"] * 70)

    def test_the_sweep_finds_what_no_bell_was_heard_for(self, make_shown: MakeShown) -> None:
        with paused():
            make_shown(shape())
        tasks.sweep.apply_async(queue="vrs")
        wait_until(lambda: states() == ["ready"])
