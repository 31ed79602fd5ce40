"""What lies in the cache between a web process and a photo worker, and for how long."""

import math
from typing import Any

from django.core.cache import BaseCache, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache

from ..conf import conf

PREFIX = "vrs_app:photos:"
BEYOND = 5
"""Seconds that a photo outlives its visitor's patience; whoever is done deletes it."""

Told = dict[str, Any]
"""What a worker tells: a vector with its space, or why there is none."""


def cache() -> BaseCache:
    return caches[conf.PHOTO_CACHE]


def is_shared(one: BaseCache) -> bool:
    """Whether other processes can find in it what this one leaves there."""
    return not isinstance(one, LocMemCache | DummyCache)


def park(where: BaseCache, key: str, photo: bytes) -> None:
    where.set(_photo(key), photo, lifetime())


def take(where: BaseCache, key: str) -> bytes | None:
    """The photo, which is gone from the cache then; None where nobody waits for it."""
    photo: bytes | None = where.get(_photo(key))
    where.delete(_photo(key))
    return photo


def tell(where: BaseCache, key: str, told: Told) -> None:
    where.set(_told(key), told, lifetime())


def told(where: BaseCache, key: str) -> Told | None:
    answer: Told | None = where.get(_told(key))
    return answer


def clear(where: BaseCache, key: str) -> None:
    where.delete_many([_photo(key), _told(key)])


def lifetime() -> int:
    """Whole seconds, since not every cache knows parts of one."""
    return math.ceil(conf.PHOTO_TIMEOUT) + BEYOND


def _photo(key: str) -> str:
    return f"{PREFIX}photo:{key}"


def _told(key: str) -> str:
    return f"{PREFIX}told:{key}"
