"""The embedded servers: found where promised, and gone when they should be."""

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
import psycopg
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from shop import services
from shop.services.folders import REPOSITORY

from .processes import wait_until
from .services_plugin import FOLDER, open_temporary_folder

pytestmark = pytest.mark.slow

AS_ROOT = os.geteuid() == 0
HOLD = (
    "import sys, time, pathlib\n"
    "from shop import services\n"
    "with services.running(pathlib.Path(sys.argv[1]), scratch=True) as addresses:\n"
    "    print('up', flush=True)\n"
    "    time.sleep(600)\n"
)


@pytest.fixture
def new_data(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for servers of the test's own, all of which must be gone afterwards."""
    for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL"):
        monkeypatch.delenv(name, raising=False)
    with open_temporary_folder() as folder:
        yield folder
        kill(at_work_in(folder))


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """What a first start leaves: PostgreSQL's files, which take it more than a second to make."""
    with pytest.MonkeyPatch.context() as patched, open_temporary_folder() as folder:
        for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL"):
            patched.delenv(name, raising=False)
        with services.running(folder, scratch=True):
            pass
        yield folder


@pytest.fixture
def data(made: Path, new_data: Path) -> Path:
    """The same, in which servers have run before."""
    subprocess.run(["cp", "-a", str(made / "postgres"), str(new_data)], check=True)
    (new_data / "programs").symlink_to(made / "programs")
    return new_data


def kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # it went with one that it belongs to
            process.kill()


def at_work_in(folder: Path) -> list[psutil.Process]:
    """The servers whose files are below a folder."""
    inside = f"{folder}/"
    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        places = [process.info["cwd"] or "", *(process.info["cmdline"] or ())]
        if process.pid != os.getpid() and any(f"{place}/".startswith(inside) for place in places):
            found.append(process)
    return found


def wait_until_none_is_at_work_in(folder: Path, seconds: float = 15) -> None:
    patience = time.monotonic() + seconds
    while left := at_work_in(folder):
        assert time.monotonic() < patience, left
        time.sleep(0.05)


def holding_process(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds servers on `folder` until it is stopped."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_both_servers_answer_and_are_gone_afterwards(new_data: Path) -> None:
    with services.running(new_data, scratch=True) as addresses:
        with psycopg.connect(addresses.database_url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION vector")
            (version,) = connection.execute(
                "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
            ).fetchone() or ("0",)
        with Redis.from_url(addresses.redis_url) as client:
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert len(at_work_in(new_data)) > 2
    assert tuple(map(int, version.split("."))) >= (0, 8, 4)
    assert at_work_in(new_data) == []


def test_what_lies_in_the_cache_reaches_no_disk(data: Path) -> None:
    photo = b"the bytes of a photo"
    with services.running(data) as addresses:
        assert addresses.cache_url
        assert addresses.environment()["CACHE_URL"] == addresses.cache_url
        assert urlsplit(addresses.cache_url).port != urlsplit(addresses.redis_url).port
        with Redis.from_url(addresses.cache_url) as client:
            assert client.config_get("appendonly") == {"appendonly": "no"}
            assert client.config_get("save") == {"save": ""}
            client.set("photo", photo)
    files = [file for folder in ("redis", "cache") for file in (data / folder).rglob("*")]
    assert data / "cache" / "redis.conf" in files
    assert not any(photo in file.read_bytes() for file in files if file.is_file())


def test_data_survive_a_restart(data: Path) -> None:
    with services.running(data) as addresses:
        with psycopg.connect(addresses.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        with Redis.from_url(addresses.redis_url) as client:
            client.set("kept", 7)
    with services.running(data) as addresses:
        with psycopg.connect(addresses.database_url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
        with Redis.from_url(addresses.redis_url) as client:
            assert client.get("kept") == b"7"


def test_a_second_start_on_the_same_data_is_refused(data: Path) -> None:
    with (
        services.running(data, scratch=True),
        pytest.raises(services.ServiceError, match=f"in use by process {os.getpid()}"),
        services.running(data, scratch=True),
    ):
        pass


def test_everything_killed_at_once_starts_again(data: Path) -> None:
    holder = holding_process(data)
    servers = [process for process in at_work_in(data) if process.pid != holder.pid]
    kill([*servers, psutil.Process(holder.pid)])  # else they are told that it is gone, and stop
    holder.wait()
    assert (data / "postgres" / "postmaster.pid").exists()
    with services.running(data, scratch=True) as addresses:
        psycopg.connect(addresses.database_url).close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of this")
def test_servers_do_not_outlive_a_killed_parent(data: Path) -> None:
    holder = holding_process(data)
    holder.kill()
    holder.wait()
    wait_until_none_is_at_work_in(data)


def test_a_server_left_over_from_a_killed_run_is_replaced(data: Path) -> None:
    left = subprocess.Popen(["sleep", "600"], start_new_session=True)
    (data / "redis.pid").write_text(f"{left.pid} {psutil.Process(left.pid).create_time()!r}")
    with services.running(data, scratch=True):
        assert left.poll() is not None


def test_a_stranger_under_the_old_number_is_spared(data: Path) -> None:
    with services.running(data, scratch=True):
        running_file = (data / "postgres" / "postmaster.pid").read_text()
    lines = running_file.splitlines()[1:]
    (data / "postgres" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines]))
    (data / "postgres.pid").write_text(f"{os.getpid()} 12345.0")
    with services.running(data, scratch=True) as addresses:
        psycopg.connect(addresses.database_url).close()


def test_sigterm_stops_the_servers(data: Path) -> None:
    holder = holding_process(data)
    holder.terminate()
    assert holder.wait(15) == 128 + signal.SIGTERM
    assert at_work_in(data) == []


def test_files_of_a_start_that_was_cut_short_are_made_anew(new_data: Path) -> None:
    unfinished = new_data / "postgres.new"
    unfinished.mkdir()
    (unfinished / "half").write_text("a file")
    with services.running(new_data, scratch=True) as addresses:
        psycopg.connect(addresses.database_url).close()


def test_a_folder_too_long_for_a_socket_works(new_data: Path) -> None:
    deep = new_data / ("a-long-name-" * 6) / ("another, with a comma " * 3)
    for folder in (deep.parent, deep):
        folder.mkdir(mode=0o711)
    with services.running(deep, scratch=True) as addresses:
        assert len(str(deep)) > 107
        psycopg.connect(addresses.database_url).close()
    with services.running(deep, scratch=True):
        pass


def test_redis_is_closed_to_other_users(data: Path) -> None:
    with services.running(data, scratch=True) as addresses:
        port = addresses.redis_url.rpartition(":")[2].split("/")[0]
        with Redis(port=int(port)) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
        port_of_cache = urlsplit(addresses.cache_url or "").port or 0
        with Redis(port=port_of_cache) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
    configurations = [data / name / "redis.conf" for name in ("redis", "cache")]
    for secret in (data / "redis.password", *configurations):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_addresses_of_the_environment_win(new_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/shop")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    with services.running(new_data) as addresses:
        assert addresses.database_url == "postgresql://elsewhere/shop"
        assert addresses.redis_url == "redis://elsewhere/0"
        assert addresses.children == ()
        assert "CACHE_URL" not in addresses.environment()
    monkeypatch.setenv("CACHE_URL", "redis://elsewhere:6380/0")
    with services.running(new_data) as addresses:
        assert addresses.environment()["CACHE_URL"] == "redis://elsewhere:6380/0"


def test_a_machine_without_wheels_is_told_the_ways_out(
    new_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with (
        pytest.raises(services.ServiceError, match="set DATABASE_URL"),
        services.running(new_data),
    ):
        pass
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/shop")
    ways_out = "install redis-server, or set REDIS_URL"
    with pytest.raises(services.ServiceError, match=ways_out), services.running(new_data):
        pass


@pytest.mark.skipif(not AS_ROOT, reason="other users' servers run as themselves")
def test_root_opens_no_folder_to_others(new_data: Path) -> None:
    closed = new_data / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(services.ServiceError, match="VRS_DATA"), services.running(closed / "data"):
        pass
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="other users' servers run as themselves")
def test_root_may_have_a_strict_umask(new_data: Path) -> None:
    before = os.umask(0o077)
    try:
        with services.running(new_data, scratch=True) as addresses:
            psycopg.connect(addresses.database_url).close()
    finally:
        os.umask(before)


@pytest.mark.skipif(not AS_ROOT, reason="only root can give a folder away")
def test_a_folder_that_another_user_laid_out_is_refused(new_data: Path) -> None:
    trap = new_data / "trap"
    trap.mkdir()
    os.chown(trap, 12345, 12345)
    with pytest.raises(services.ServiceError, match="another user"), services.running(trap):
        pass


@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGTERM, 2)]
)
def test_a_test_run_that_is_stopped_takes_its_servers_along(
    number: signal.Signals, workers: int, tmp_path: Path
) -> None:
    long = "import os, pathlib, time\ndef test_it():\n"
    long += f"    file = pathlib.Path({str(tmp_path)!r}, f'{{os.getpid()}}.url')\n"
    long += "    file.write_text(os.environ['DATABASE_URL'] + '\\n')\n    time.sleep(600)\n"
    for name in ("test_one.py", "test_other.py"):
        (tmp_path / name).write_text(long)
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path),
         "-p", "no:django", "-p", "no:cacheprovider", "-p", "tests.services_plugin",
         "-p", "no:schemathesis", "-p", "no:hypothesispytest", "-n", str(workers), str(tmp_path)],
        cwd=REPOSITORY,
        env=as_by_hand(),
    )  # fmt: skip
    wait_until(lambda: len(urls(tmp_path)) == max(workers, 1))
    folders = {Path(unquote(url.partition("host=")[2])).parent for url in urls(tmp_path)}
    assert len(folders) == max(workers, 1)
    assert all(map(at_work_in, folders))
    run.send_signal(number)
    assert run.wait(60) == pytest.ExitCode.INTERRUPTED
    for folder in folders:
        wait_until_none_is_at_work_in(folder)
        assert not folder.exists()


def urls(folder: Path) -> list[str]:
    """What the processes that run tests have written, each its own."""
    texts = (file.read_text() for file in folder.glob("*.url"))
    return [text.strip() for text in texts if text.endswith("\n")]


def as_by_hand() -> dict[str, str]:
    """The environment without what a test run has set in it."""
    ours = ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "PYTEST_", FOLDER)
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
