"""Enqueueing, against brokers that are down or silent, and real workers."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shop.models import Product, ProductImage
from vrs_app import tasks
from vrs_app.conf import conf
from vrs_app.indexing import enqueue
from vrs_app.indexing.catalogue_batches import Changes
from vrs_app.indexing.enqueue import enqueue_batch
from vrs_app.indexing.outbox.drain import Drained
from vrs_app.indexing.worker import Batch
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Change, ImageEmbedding, IndexedImage
from vrs_app.receivers import paused
from vrs_app.testing import drain

from . import conftest
from .conftest import MakeShown
from .faults.stage import is_idle
from .processes import broker_at, wait_until, worker
from .shapes import shape

SECONDS_A_SAVE_MAY_TAKE = 3.0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_never_holds_up_or_fails_a_save(
    dead_port: int, make_shown: MakeShown
) -> None:
    product = make_shown()
    with broker_at(dead_port):
        enqueue_batch()  # the first call imports the broker's library
        began = time.monotonic()
        ProductImage.objects.create(product=product, image=ContentFile(shape(), "picture.jpg"))
        assert time.monotonic() - began < SECONDS_A_SAVE_MAY_TAKE
    drain()
    assert IndexedImage.objects.get().product_id == product.pk


def states() -> list[str]:
    return list(ImageEmbedding.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of all pictures, since the worker stays."""
    return tmp_path_factory.mktemp("worker")


@pytest.fixture(scope="module")
def running(folder: Path, django_db_setup: None) -> Iterator[None]:
    with worker(folder / "worker.log", MEDIA_ROOT=str(folder)):
        yield


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestWithARealWorker:
    @pytest.fixture(autouse=True)
    def drained_by_the_worker_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who drains in this process as well would enqueue nothing for what it found."""
        monkeypatch.setattr(conftest, "drain", lambda: 0)

    @pytest.fixture(autouse=True)
    def media(self, settings: Settings, folder: Path, running: None, db: None) -> Iterator[None]:
        """One folder for all; each test begins and ends while the worker does nothing."""
        settings.MEDIA_ROOT = folder
        yield
        wait_until(is_idle)

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

    def test_more_than_a_batch_is_embedded_by_further_tasks(self, make_shown: MakeShown) -> None:
        with transaction.atomic():  # one task for all of them
            for seed in range(70):
                make_shown(shape(seed=seed))
        wait_until(lambda: states() == ["ready"] * 70)

    def test_a_save_that_enqueued_nothing_is_drained_by_the_message_before_it(
        self, make_shown: MakeShown
    ) -> None:
        product = make_shown()  # enqueues, and no save of this process does for a second
        wait_until(lambda: heartbeats.last(Part.WORKER) is not None)
        ProductImage.objects.create(product=product, image=ContentFile(shape(), "a.jpg"))
        wait_until(lambda: states() == ["ready"])

    def test_the_sweep_finds_what_was_never_enqueued(self, make_shown: MakeShown) -> None:
        with paused():
            make_shown(shape())
        tasks.sweep.apply_async(queue="vrs")
        wait_until(lambda: states() == ["ready"])


MOST_STATEMENTS = 80


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_batch_of_new_products_takes_few_statements(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Draining, embedding and the colours' words of 32 pictures, one a product."""
    monkeypatch.setattr(enqueue, "enqueue_batch", lambda: None)
    make_shown(shape())
    tasks.embed_waiting()
    product = Product.objects.get()
    for number in range(conf.BATCH_SIZE):
        product.pk, product.slug = None, ""
        product._state.adding = True
        product.save()
        file = ContentFile(shape(seed=number), f"new-{number}.jpg")
        ProductImage.objects.create(product=product, image=file)
    with CaptureQueriesContext(connection) as queries:
        tasks.embed_waiting()
    assert states() == [ImageEmbedding.State.READY] * (conf.BATCH_SIZE + 1)
    assert not Change.objects.exists()
    assert len(queries) <= MOST_STATEMENTS


class TestTheEndOfATask:
    """What is drained last, and when another task is enqueued."""

    @pytest.fixture(autouse=True)
    def enqueued(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        batches: list[str] = []
        monkeypatch.setattr(tasks, "enqueue_batch", lambda: batches.append("batch"))
        return batches

    @pytest.fixture
    def drained(self, monkeypatch: pytest.MonkeyPatch) -> list[Drained]:
        """What the next drains find; nothing beyond these."""
        found: list[Drained] = []
        monkeypatch.setattr(
            tasks, "drain_or_log", lambda seconds: found.pop(0) if found else Drained()
        )
        monkeypatch.setattr(tasks, "embed_batch", Batch)
        return found

    @pytest.mark.parametrize(
        ("first", "last", "is_enqueued"),
        [
            (Drained(rows=1), Drained(rows=1, changes=Changes(words=1)), False),
            (Drained(more_wait=True), Drained(), True),
            (Drained(), Drained(more_wait=True), True),
            (Drained(is_busy=True), Drained(), True),
            (Drained(), Drained(is_busy=True), True),
            (Drained(), Drained(changes=Changes(pictures=1)), True),
        ],
    )
    def test_another_is_enqueued_if_anything_waits(
        self,
        drained: list[Drained],
        enqueued: list[str],
        first: Drained,
        last: Drained,
        is_enqueued: bool,
    ) -> None:
        drained += [first, last]
        tasks.embed_waiting()
        assert bool(enqueued) == is_enqueued

    @pytest.mark.parametrize(("rows", "age", "sleeps"), [(1, 99, 1), (0, 99, 0), (0, 0.5, 0.6)])
    def test_the_saves_of_the_second_after_a_message_are_waited_for_whatever_a_clock_says(
        self,
        drained: list[Drained],
        monkeypatch: pytest.MonkeyPatch,
        rows: int,
        age: float,
        sleeps: float,
    ) -> None:
        slept: list[float] = []
        monkeypatch.setattr(tasks, "age_of", lambda request: age)
        monkeypatch.setattr(time, "sleep", slept.append)
        drained += [Drained(rows=rows), Drained()]
        tasks.embed_waiting()
        assert slept == [pytest.approx(sleeps, abs=0.2)]

    def test_an_embedder_that_raises_keeps_no_change_waiting(
        self, drained: list[Drained], enqueued: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "embed_batch", lambda: 1 / 0)
        drained += [Drained(), Drained(more_wait=True)]
        with pytest.raises(ZeroDivisionError):
            tasks.embed_waiting()
        assert enqueued

    @pytest.mark.django_db
    @pytest.mark.parametrize("waits", [False, True])
    def test_after_a_time_limit_another_is_enqueued_if_a_change_waits(
        self,
        drained: list[Drained],
        enqueued: list[str],
        monkeypatch: pytest.MonkeyPatch,
        waits: bool,
    ) -> None:
        def embed_batch() -> Batch:
            raise SoftTimeLimitExceeded

        monkeypatch.setattr(tasks, "embed_batch", embed_batch)
        if waits:
            Change.objects.create(product="1")
        tasks.embed_waiting()
        assert bool(enqueued) == waits
