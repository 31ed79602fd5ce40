"""The cache keys by which web process and photo worker exchange a photo and its reply."""

import math
from typing import Any

from django.core.cache import BaseCache, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache

from ..conf import conf

PREFIX = "vrs_app:photos:"
PHOTO_GRACE_SECONDS = 5
"""Seconds that a photo outlives its deadline, where no process deletes it."""

Reply = dict[str, Any]
"""A worker's reply: a vector (pgvector's binary format) with its space, or an error."""


def cache() -> BaseCache:
    return caches[conf.PHOTO_CACHE]


def is_shared(one: BaseCache) -> bool:
    """Whether other processes see what this one stores."""
    return not isinstance(one, LocMemCache | DummyCache)


def put_photo(where: BaseCache, key: str, photo: bytes) -> None:
    where.set(_photo_key(key), photo, lifetime())


def take_photo(where: BaseCache, key: str) -> bytes | None:
    """Take the photo out of the cache; None where it is not there any more."""
    photo: bytes | None = where.get(_photo_key(key))
    where.delete(_photo_key(key))
    return photo


def put_reply(where: BaseCache, key: str, reply: Reply) -> None:
    where.set(_reply_key(key), reply, lifetime())


def get_reply(where: BaseCache, key: str) -> Reply | None:
    answer: Reply | None = where.get(_reply_key(key))
    return answer


def discard(where: BaseCache, key: str) -> None:
    where.delete_many([_photo_key(key), _reply_key(key)])


def lifetime() -> int:
    """Time to live in whole seconds, as every cache backend takes it."""
    return math.ceil(conf.PHOTO_TIMEOUT) + PHOTO_GRACE_SECONDS


def _photo_key(key: str) -> str:
    return f"{PREFIX}photo:{key}"


def _reply_key(key: str) -> str:
    return f"{PREFIX}reply:{key}"
