"""What the tests of photo search share: short waits, and a cache that starts empty."""

import socket
from collections.abc import Callable, Iterator

import pytest
from celery import current_app
from django.conf import settings as django_settings
from pytest_django import Settings
from redis import Redis


@pytest.fixture(autouse=True)
def photos(settings: Settings) -> Iterator[None]:
    """One second of patience, and nothing of an earlier test."""
    settings.VRS = settings.VRS | {"PHOTO_TIMEOUT": 1.0}
    Redis.from_url(settings.CACHE_URL).flushdb()
    Redis.from_url(settings.REDIS_URL).delete("vrs-photos")
    yield
    Redis.from_url(settings.CACHE_URL).flushdb()


@pytest.fixture
def in_the_cache() -> Callable[[], list[bytes]]:
    """The names of all that lies in the cache of the photos."""
    redis = Redis.from_url(django_settings.CACHE_URL)
    return lambda: list(redis.scan_iter("photos:*"))


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def move(port: int) -> None:
        monkeypatch.setattr(current_app.conf, "broker_url", f"redis://127.0.0.1:{port}/0")

    return move


@pytest.fixture
def cache_at(settings: Settings) -> Callable[[int], None]:
    """Moves the cache of the photos to another port, without timeouts of its own."""

    def move(port: int) -> None:
        photos = settings.CACHES["photos"] | {
            "LOCATION": f"redis://127.0.0.1:{port}/1",
            "OPTIONS": {"socket_timeout": None, "socket_connect_timeout": None},
        }
        settings.CACHES = settings.CACHES | {"photos": photos}

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
