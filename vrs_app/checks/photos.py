"""Checks of the cache and the queue of photo search."""

from collections.abc import Iterator, Mapping
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.core.checks import CheckMessage

from ..conf import Settings, conf, shop_settings
from ..photos import mailbox
from .messages import addresses, error_message, warning_message
from .values import misfit

SETTINGS = {name for name in vars(Settings) if name.startswith("PHOTO")}
REDIS_PORT = 6379


def check_photo_cache() -> Iterator[CheckMessage]:
    """VRS["PHOTO_CACHE"] exists, and is shared by all processes if photo search is used.

    Django's default cache is not shared, which is fine for a shop without photo search. A
    photo worker that finds no photos also reports it to `vrs_status`.
    """
    if misfit(Settings.PHOTO_CACHE, conf.PHOTO_CACHE):
        return
    if conf.PHOTO_CACHE not in settings.CACHES:
        hint = f"Name one of your CACHES: {', '.join(sorted(settings.CACHES))}."
        yield error_message(
            16, f'VRS["PHOTO_CACHE"]: there is no cache "{conf.PHOTO_CACHE}".', hint
        )
    elif _names_photo_search() and not mailbox.is_shared(caches[conf.PHOTO_CACHE]):
        hint = (
            "Photos would never reach the photo worker. Set it to a cache that all processes "
            'share, for example one with "django.core.cache.backends.redis.RedisCache".'
        )
        text = f'VRS["PHOTO_CACHE"], "{conf.PHOTO_CACHE}", is a cache of each process alone.'
        yield warning_message(1, text, hint)


def check_photo_disk() -> Iterator[CheckMessage]:
    """VRS["PHOTO_CACHE"] is not on the broker's Redis, which may write photos to disk."""
    chosen_cache = settings.CACHES.get(conf.PHOTO_CACHE, {})
    if not _names_photo_search() or "redis" not in chosen_cache.get("BACKEND", "").lower():
        return
    shared = _servers(chosen_cache.get("LOCATION")) & _servers(current_app.conf.broker_url)
    if shared:
        text = f'VRS["PHOTO_CACHE"], "{conf.PHOTO_CACHE}", is on the broker\'s server.'
        hint = (
            "Where it writes tasks to a disk, it writes photos too, in whichever database they "
            "are. Give them a Redis of their own, without appendonly and save."
        )
        yield warning_message(2, text, hint)


def check_photo_queue() -> Iterator[CheckMessage]:
    """VRS["PHOTO_QUEUE"] is another queue than VRS["QUEUE"]."""
    if conf.PHOTO_QUEUE == conf.QUEUE:
        text = f'VRS["PHOTO_QUEUE"] and VRS["QUEUE"] are both "{conf.QUEUE}".'
        hint = "Shoppers would wait behind products: give photos a queue and worker of their own."
        yield error_message(17, text, hint)


def _names_photo_search() -> bool:
    """Whether the shop's settings mention photo search."""
    throttles = shop_settings().get("API_THROTTLES", ())
    is_throttled = isinstance(throttles, Mapping) and "photo" in throttles
    return is_throttled or bool(SETTINGS & shop_settings().keys())


def _servers(value: Any) -> set[tuple[str, int]]:
    """Hosts and ports of the Redis servers among the URLs of `value`."""
    return {
        (each.hostname, each.port or REDIS_PORT)
        for each in addresses(value)
        if each.scheme in ("redis", "rediss") and each.hostname
    }
