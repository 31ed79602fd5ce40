"""What the tests of photo search share: short waits, and a cache that starts empty."""

from collections.abc import Callable, Iterator

import pytest
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
def cache_at(settings: Settings) -> Callable[[int], None]:
    """Moves the cache of the photos to another port, without timeouts of its own."""

    def move(port: int) -> None:
        photos = settings.CACHES["photos"] | {
            "LOCATION": f"redis://127.0.0.1:{port}/1",
            "OPTIONS": {"socket_timeout": None, "socket_connect_timeout": None},
        }
        settings.CACHES = settings.CACHES | {"photos": photos}

    return move
