"""The cache and the queue of search by photo."""

from collections.abc import Iterator, Mapping
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.core.checks import CheckMessage

from ..conf import Settings, chosen, conf
from ..photos import mailbox
from .messages import addresses, caution, fault
from .values import misfit

SETTINGS = {name for name in vars(Settings) if name.startswith("PHOTO")}
REDIS_PORT = 6379


def check_photo_cache() -> Iterator[CheckMessage]:
    """A cache of one process alone matters to those who name photo search in their settings.

    Django's own default is such a cache, and a shop without photo search may well keep it;
    a photo worker that finds no photos tells `vrs_status` so in any case.
    """
    if misfit(Settings.PHOTO_CACHE, conf.PHOTO_CACHE):
        return
    if conf.PHOTO_CACHE not in settings.CACHES:
        hint = f"Name one of your CACHES: {', '.join(sorted(settings.CACHES))}."
        yield fault(16, f'VRS["PHOTO_CACHE"]: there is no cache "{conf.PHOTO_CACHE}".', hint)
    elif _names_photo_search() and not mailbox.is_shared(caches[conf.PHOTO_CACHE]):
        hint = (
            "Photos would never reach the photo worker. Set it to a cache that all processes "
            'share, for example one with "django.core.cache.backends.redis.RedisCache".'
        )
        text = f'VRS["PHOTO_CACHE"], "{conf.PHOTO_CACHE}", is a cache of each process alone.'
        yield caution(1, text, hint)


def check_photo_disk() -> Iterator[CheckMessage]:
    """A broker that keeps its tasks on a disk keeps photos there too."""
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
        yield caution(2, text, hint)


def check_photo_queue() -> Iterator[CheckMessage]:
    if conf.PHOTO_QUEUE == conf.QUEUE:
        text = f'VRS["PHOTO_QUEUE"] and VRS["QUEUE"] are both "{conf.QUEUE}".'
        hint = "Shoppers would wait behind products: give photos a queue and worker of their own."
        yield fault(17, text, hint)


def _names_photo_search() -> bool:
    throttles = chosen().get("API_THROTTLES", ())
    is_throttled = isinstance(throttles, Mapping) and "photo" in throttles
    return is_throttled or bool(SETTINGS & chosen().keys())


def _servers(value: Any) -> set[tuple[str, int]]:
    """Hosts and ports of the Redis servers among the addresses."""
    return {
        (each.hostname, each.port or REDIS_PORT)
        for each in addresses(value)
        if each.scheme in ("redis", "rediss") and each.hostname
    }
