"""The web process alone: nobody answers, and the visitor is told so in time."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import caches
from pytest_django import Settings
from redis import Redis

from vrs_app.exceptions import PhotoSearchUnavailable, PictureDamaged, PictureWithoutContent
from vrs_app.photos import client, look, mailbox
from vrs_app.photos.deadline import Deadline

from ..conftest import EmbedAll, MakeShown
from ..processes import ROOT, broker_at, shared_environment, wait_until
from ..shapes import shape

pytestmark = pytest.mark.django_db

MARGIN = 3
"""Seconds beside the deadline of one: checking the file, and a busy machine. A dead server
that were waited for would cost all the time in the world."""

WITHOUT_TENSORFLOW = """
import io, sys
import django
django.setup()
from tests.shapes import shape
from vrs_app import tasks
from vrs_app.exceptions import PhotoSearchUnavailable
from vrs_app.photos import look
try:
    look(io.BytesIO(shape()))
except PhotoSearchUnavailable as error:
    print("unavailable", error.retry_after)
print([name for name in ("tensorflow", "keras") if name in sys.modules])
"""


@pytest.fixture
def space(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    make_shown(shape())
    embed_all()


def refused_after() -> float:
    """Seconds until a visitor is told that there is no photo search."""
    began = time.monotonic()
    with pytest.raises(PhotoSearchUnavailable) as caught:
        look(BytesIO(shape()))
    assert caught.value.retry_after >= 1
    return time.monotonic() - began


def test_before_anything_is_embedded_nobody_waits() -> None:
    assert refused_after() < MARGIN


@pytest.mark.slow
@pytest.mark.usefixtures("space")
def test_without_a_worker_the_wait_ends_in_time_and_nothing_stays_behind(
    in_the_cache: Callable[[], list[bytes]],
) -> None:
    assert 0.8 < refused_after() < 1 + MARGIN
    wait_until(lambda: in_the_cache() == [], seconds=5)


@pytest.mark.usefixtures("space")
def test_a_dead_broker_costs_less_than_the_deadline(
    dead_port: int, in_the_cache: Callable[[], list[bytes]]
) -> None:
    with broker_at(dead_port):
        assert refused_after() < 1 + MARGIN
    wait_until(lambda: in_the_cache() == [], seconds=5)


@pytest.mark.slow
@pytest.mark.usefixtures("space")
def test_a_dead_cache_costs_no_more_than_the_deadline(
    dead_port: int, cache_at: Callable[[int], None]
) -> None:
    cache_at(dead_port)
    assert refused_after() < 1 + MARGIN


@pytest.mark.usefixtures("space")
def test_a_bad_file_is_told_at_once_and_costs_no_slot(
    settings: Settings, in_the_cache: Callable[[], list[bytes]]
) -> None:
    settings.VRS = settings.VRS | {"PHOTOS_AT_ONCE": 1}
    began = time.monotonic()
    for _ in range(3):
        with pytest.raises(PictureDamaged):
            look(BytesIO(shape()[:500]))
        with pytest.raises(ValueError, match=r"^box is"):
            look(BytesIO(shape()), (0, 0, 2, 2))
        with pytest.raises(ValueError, match=r"^box holds"):
            look(BytesIO(shape()), (0, 0, 0.01, 0.01))
    assert time.monotonic() - began < 5
    assert in_the_cache() == []


@pytest.mark.slow
@pytest.mark.usefixtures("space")
def test_the_photo_lies_in_the_cache_for_seconds_and_never_in_the_broker(
    settings: Settings, in_the_cache: Callable[[], list[bytes]]
) -> None:
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 4.0}
    broker = Redis.from_url(settings.REDIS_URL)
    visitor = threading.Thread(target=partial(_ask_in_vain, b"the photo's bytes"))
    visitor.start()
    wait_until(lambda: bool(broker.llen("vrs-photos")), seconds=5)
    [parked] = in_the_cache()
    cache = Redis.from_url(settings.CACHE_URL)
    assert b"the photo's bytes" in _bytes(cache.get(parked))
    assert 0 < _number(cache.ttl(parked)) <= mailbox.lifetime() == 9
    [message] = _list(broker.lrange("vrs-photos", 0, -1))
    assert b"photo's bytes" not in message
    assert len(message) < 2000
    visitor.join()
    wait_until(lambda: in_the_cache() == [], seconds=5)


def _ask_in_vain(photo: bytes) -> None:
    with pytest.raises(PhotoSearchUnavailable):
        client.request_embedding(photo, Deadline(4))


def _bytes(value: Any) -> bytes:
    assert isinstance(value, bytes)
    return value


def _number(value: Any) -> int:
    assert isinstance(value, int)
    return value


def _list(value: Any) -> list[bytes]:
    assert isinstance(value, list)
    return value


def test_what_a_worker_found_wrong_with_a_photo_comes_back_as_that_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told(key: str) -> None:
        mailbox.put_reply(caches["photos"], key, {"code": "no_content", "detail": "grey"})

    monkeypatch.setattr(client, "_send", told)
    with pytest.raises(PictureWithoutContent, match="grey"):
        client.request_embedding(b"", Deadline(1))


def test_what_a_worker_lacks_is_for_the_log_and_not_for_visitors(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def told(key: str) -> None:
        mailbox.put_reply(caches["photos"], key, {"problem": "no weights at /srv/secret"})

    monkeypatch.setattr(client, "_send", told)
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    with pytest.raises(PhotoSearchUnavailable) as caught:
        client.request_embedding(b"", Deadline(1))
    assert "secret" not in str(caught.value)
    assert "no weights at /srv/secret" in caplog.text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("space")
def test_the_web_process_never_imports_tensorflow() -> None:
    """With the demo's own settings, whose embedder is ResNet50."""
    environment = shared_environment(
        DJANGO_SETTINGS_MODULE="shop.settings", CELERY_BROKER_URL="", PYTHONPATH=str(ROOT)
    )
    command = [sys.executable, "-c", WITHOUT_TENSORFLOW]
    told = subprocess.check_output(command, cwd=ROOT, env=environment, text=True)
    assert told.split("\n")[:2] == ["unavailable 15", "[]"]
