"""What a shop's own code hears of each picture, once it is committed."""

import functools
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone
from pytest_django import Settings

from vrs_app import embedders, spaces
from vrs_app.conf import conf
from vrs_app.exceptions import explain
from vrs_app.indexing import claims, image_rows, notifications, storing, worker
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.signals import embedding_failed, embedding_ready

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db(transaction=True)

Told = list[dict[str, Any]]


def listen(signal: Signal) -> Iterator[Told]:
    told: Told = []

    def note(sender: type, **arguments: Any) -> None:
        assert sender is ImageEmbedding
        assert not connection.in_atomic_block
        told.append({name: each for name, each in arguments.items() if name != "signal"})

    signal.connect(note)
    yield told
    signal.disconnect(note)


@pytest.fixture
def ready() -> Iterator[Told]:
    yield from listen(embedding_ready)


@pytest.fixture
def failed() -> Iterator[Told]:
    yield from listen(embedding_failed)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What all logs tell, ours and Django's, as they grow."""
    told: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(self.format(record))

    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    monkeypatch.setattr(logging.getLogger(), "handlers", [Lines()])
    return told


def test_a_picture_that_was_embedded_is_told_once_with_its_keys(
    make_shown: MakeShown, embed_all: EmbedAll, ready: Told, failed: Told
) -> None:
    product = make_shown(shape())
    embed_all()
    embed_all()
    row = ImageEmbedding.objects.get()
    [told] = ready
    assert 0 < told.pop("seconds") < 60
    assert told == {
        "product_id": product.pk,
        "image_id": row.image_id,
        "space_id": row.space_id,
    }
    assert failed == []


def test_a_failed_picture_is_told_with_its_code_and_a_reason_in_words(
    make_shown: MakeShown, embed_all: EmbedAll, ready: Told, failed: Told, lines: list[str]
) -> None:
    product = make_shown(shape("disc"), b"<html>", shape("bars"))
    embed_all()
    [told] = failed
    assert told["product_id"] == product.pk
    assert told["image_id"] == ImageEmbedding.objects.get(state="failed").image_id
    assert told["code"] == "format"
    assert told["reason"].startswith(explain("format"))
    assert told["seconds"] > 0
    assert len(ready) == 2
    [line] = [line for line in lines if line.startswith("picture_failed")]
    assert f" product={product.pk} " in line
    assert " code=format " in line
    assert sum(line.startswith("picture_ready") for line in lines) == 2
    assert sum(line.startswith("batch_done") for line in lines) == 1
    assert not any("\n" in line for line in lines)


def test_each_space_tells_of_its_own(
    make_shown: MakeShown, embed_all: EmbedAll, ready: Told, settings: Settings
) -> None:
    make_shown(shape())
    embed_all()
    settings.VRS = settings.VRS | {"EMBEDDER": "tests.reports.test_diagnostics.Other"}
    embed_all()
    assert len({told["space_id"] for told in ready}) == len(ready) == 2
    assert len({told["image_id"] for told in ready}) == 1


def test_a_picture_that_kills_its_worker_is_told_when_it_is_given_up(
    make_shown: MakeShown, failed: Told, settings: Settings, lines: list[str]
) -> None:
    settings.VRS = settings.VRS | {"MAX_ATTEMPTS": 2}
    product = make_shown(shape())
    space = spaces.space_of(conf.EMBEDDER, embedders.configured())
    for _ in range(2):
        claims.begin_decoding(claims.claim_batch(space))
        ImageEmbedding.objects.update(lease_until=timezone.now())
        assert failed == []
    claims.claim_batch(space)
    claims.claim_batch(space)
    [told] = failed
    assert (told["product_id"], told["code"], told["seconds"]) == (product.pk, "worker_lost", None)
    assert [line.split()[0] for line in lines if "worker_lost" in line] == ["picture_failed"]


def test_a_receiver_that_runs_into_the_batchs_time_limit_does_not_swallow_it(
    make_shown: MakeShown,
) -> None:
    def slow(**told: Any) -> None:
        raise SoftTimeLimitExceeded

    make_shown(shape())
    embedding_ready.connect(slow)
    try:
        with pytest.raises(SoftTimeLimitExceeded), transaction.atomic():
            notifications.ready(product_id=1, image_id=1, space_id=1, seconds=0.1)
    finally:
        embedding_ready.disconnect(slow)


def test_nothing_is_told_of_a_picture_that_was_changed_meanwhile(
    make_shown: MakeShown, ready: Told, failed: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(shape(), b"<html>")
    finish = storing.finish

    def changed_before(outcomes: Any) -> Any:
        image_rows.requeue(IndexedImage.objects.all())
        return finish(outcomes)

    monkeypatch.setattr(storing, "finish", changed_before)
    worker.embed_batch()
    assert (ready, failed) == ([], [])


def test_nothing_is_told_of_what_is_rolled_back(ready: Told) -> None:
    with transaction.atomic():
        notifications.ready(product_id=1, image_id=1, space_id=1, seconds=0.1)
        assert ready == []
        transaction.set_rollback(True)
    assert ready == []


def failing(**arguments: Any) -> None:
    raise ValueError("a fault\nof the shop's")


class Nameless:
    def __call__(self, **arguments: Any) -> None:
        failing()


@pytest.mark.parametrize("receiver", [failing, functools.partial(failing), Nameless()])
def test_a_receiver_that_fails_harms_nothing_and_is_logged_in_one_line(
    receiver: Any, make_shown: MakeShown, embed_all: EmbedAll, ready: Told, lines: list[str]
) -> None:
    make_shown(shape("disc"), shape("bars"))
    embedding_ready.connect(receiver, weak=False)
    try:
        assert embed_all() == 2
    finally:
        embedding_ready.disconnect(receiver)
    assert len(ready) == 2
    about = [line for line in lines if "of the shop's" in line]
    assert len(about) == 2
    assert all(line.startswith("receiver_failed receiver=") for line in about)
    assert "Traceback" not in "".join(lines)
