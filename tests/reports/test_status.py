import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from shop.models import Product
from vrs_app import __version__, tasks
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.indexing.enqueue import enqueue_batch
from vrs_app.infra import heartbeats
from vrs_app.infra.broker import send
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Heartbeat, IndexedImage
from vrs_app.receivers import paused
from vrs_app.reports import status
from vrs_app.spaces import active, index_name, space_of

from ..conftest import EmbedAll, MakeShown
from ..pictures import jpeg
from ..shapes import shape

pytestmark = pytest.mark.django_db


PHOTOS = "vrs-photos-of-a-test"


class Other(HandcraftedEmbedder):
    """Another space of the same numbers."""

    weights_digest = "other"


ask_the_broker = status._queues


@pytest.fixture(autouse=True)
def broker_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for workers that are not there takes its time."""
    monkeypatch.setattr(status, "_queues", lambda *names: [{}, {}])


@pytest.fixture
def own_queue(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A queue of the test's own in the real broker, and little patience."""
    settings.VRS = settings.VRS | {"QUEUE": "vrs-of-a-test"}
    monkeypatch.setattr(status, "_queues", ask_the_broker)
    monkeypatch.setattr(status, "REPLY_TIMEOUT", 0.5)
    yield "vrs-of-a-test"
    with current_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel.queue_delete(queue="vrs-of-a-test")


# --- what the database knows ----------------------------------------------------------------


def test_before_anything_is_embedded_there_is_nothing_to_tell(make_shown: MakeShown) -> None:
    make_shown(shape())
    found = status.collect()
    assert found.version == __version__
    assert found.products == {"total": 1, "with_pictures": 1, "searchable": 0}
    assert found.images == {"waiting": 1, "ready": 0, "failed": 0}
    assert (found.reasons, found.spaces, found.index) == ({}, [], {})


def test_pictures_are_counted_by_state_and_failures_by_reason(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape(), jpeg()[:300], jpeg()[:400], b"")
    make_shown(jpeg()[:500])
    embed_all()
    make_shown(shape("bars"))
    with paused():
        make_shown()
    found = status.collect()
    assert found.images == {"waiting": 1, "ready": 1, "failed": 4}
    assert found.reasons == {"damaged": 3, "empty": 1}
    assert found.products == {"total": 4, "with_pictures": 3, "searchable": 1}


def test_a_withheld_picture_is_not_counted(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    make_shown(shape())
    make_shown(shape("bars")[:300])
    embed_all()
    IndexedImage.objects.update(withheld_at=timezone.now())
    found = status.collect()
    assert found.images == {"waiting": 0, "ready": 0, "failed": 0}
    assert found.products == {"total": 2, "with_pictures": 0, "searchable": 0}


def test_products_with_words_are_counted(make_shown: MakeShown) -> None:
    make_shown(name="Dress")
    assert status.collect().texts == {"configuration": "english", "exists": True, "products": 1}


def test_a_changed_picture_waits_and_its_product_is_not_searchable(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape())
    embed_all()
    IndexedImage.objects.update(revision=2, digest="")
    found = status.collect()
    assert found.images == {"waiting": 1, "ready": 0, "failed": 0}
    assert found.products["searchable"] == 0


def test_each_space_tells_what_it_is_and_how_full(look_alikes: dict[str, list[Product]]) -> None:
    connection.check_constraints()  # no index can be made while a constraint waits
    second = space_of(f"{__name__}.Other", Other())
    first, other = status.collect().spaces
    assert (first["state"], first["vectors"], first["waiting"]) == ("active", 24, 0)
    assert first["embedder"].endswith("HandcraftedEmbedder")
    assert (first["dimensions"], first["options"]) == (1728, {})
    assert (other["state"], other["vectors"], other["waiting"]) == ("building", 0, 24)
    assert (other["id"], other["weights_digest"]) == (second.pk, "other")


def test_the_index_is_there_until_it_is_lost(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    make_shown(shape())
    embed_all()
    space = active()
    assert space is not None
    connection.check_constraints()
    found = status.collect().index
    assert (found["exists"], found["valid"]) == (True, True)
    assert found["bytes"] > 0
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index_name(space)}")
    lost = {"name": index_name(space), "exists": False, "valid": False, "bytes": 0}
    assert status.collect().index == lost


def test_an_index_whose_building_was_cut_short_is_told(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape())
    embed_all()
    space = active()
    assert space is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass",
            [index_name(space)],
        )
    found = status.collect().index
    assert (found["exists"], found["valid"]) == (True, False)


def test_the_version_of_pgvector_is_the_databases() -> None:
    assert (status.collect().pgvector or "").startswith("0.")
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION vector CASCADE")
    assert status._pgvector_version() is None


def test_worker_and_sweep_tell_when_they_were_at_work() -> None:
    found = status.collect()
    assert found.worker == {"seconds_ago": None, "problem": ""}
    heartbeats.beat(Part.WORKER, problem="no weights")
    heartbeats.beat(Part.SWEEP)
    moment = Heartbeat.objects.get(part=Part.SWEEP).beaten_at - timedelta(seconds=90)
    Heartbeat.objects.filter(part=Part.SWEEP).update(beaten_at=moment)
    found = status.collect()
    assert found.worker["problem"] == "no weights"
    assert found.worker["seconds_ago"] < 60
    assert 90 <= found.sweep["seconds_ago"] < 150


# --- what the broker knows ------------------------------------------------------------------


@pytest.mark.slow
def test_the_bells_that_wait_are_counted(own_queue: str) -> None:
    assert status.collect().queue == {
        "name": own_queue,
        "error": "",
        "messages": 0,
        "workers": [],
    }
    enqueue_batch()
    enqueue_batch()
    assert status.collect().queue["messages"] == 2


@pytest.mark.slow
def test_photos_that_wait_are_counted_apart(own_queue: str, settings: Settings) -> None:
    settings.VRS = settings.VRS | {"PHOTO_QUEUE": PHOTOS}
    send(tasks.look_at_photo, "key", queue=PHOTOS, expires=60)
    try:
        found = status.collect()
        assert (found.queue["name"], found.photo_queue["name"]) == (own_queue, PHOTOS)
        assert found.photo_queue["messages"] == 1
        assert found.photos == {"seconds_ago": None, "problem": ""}
    finally:
        with current_app.connection_for_write() as broker:
            channel: Any = broker.default_channel
            channel.queue_delete(queue=PHOTOS)


def test_only_workers_that_listen_to_our_queue_count(
    own_queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def active_queues(self: object) -> dict[str, list[dict[str, Any]]]:
        return {
            "b@host": [{"name": "shop"}, {"name": own_queue}],
            "a@host": [{"name": own_queue}],
            "c@host": [{"name": "shop"}],
        }

    monkeypatch.setattr("celery.app.control.Inspect.active_queues", active_queues)
    assert status.collect().queue["workers"] == ["a@host", "b@host"]


@pytest.mark.slow
@pytest.mark.usefixtures("own_queue")
@pytest.mark.parametrize("accepts", [True, False])
def test_a_broker_that_is_away_or_silent_is_told_soon(
    accepts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        if not accepts:
            listener.close()
        port = listener.getsockname()[1] if accepts else 9
        monkeypatch.setenv("CELERY_BROKER_READ_URL", f"redis://127.0.0.1:{port}/0")
        began = time.monotonic()
        found = status.collect()
    assert found.queue["error"]
    assert found.queue["messages"] is None
    assert found.images == {"waiting": 0, "ready": 0, "failed": 0}
    assert time.monotonic() - began < 5
