"""docker-compose.yml and Dockerfile hold to the code, and their commands run."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from shop import services
from shop.services.folders import REPOSITORY
from shop.services.processes import Child, start

from .processes import wait_until
from .services_plugin import open_temporary_folder

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DJANGO = ("migrate", "web", "worker", "photo-worker", "beat")
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
SETTINGS = "".join(file.read_text() for file in (REPOSITORY / "shop" / "settings").glob("*.py"))

UNITS = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}


def in_bytes(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([a-z]+)", text.lower()).groups()  # type: ignore[union-attr]
    return int(number) * UNITS[unit]


def requirements(file: str) -> str:
    """A requirements file with everything that it includes."""
    text = (REPOSITORY / file).read_text()
    return re.sub(r"^-r (\S+)$", lambda match: requirements(match[1]), text, flags=re.MULTILINE)


def stage(name: str) -> str:
    """One stage of the Dockerfile, without those that it stands on."""
    return DOCKERFILE.split(f" AS {name}\n")[1].split("\nFROM ")[0]


# --- what it says --------------------------------------------------------------------------


def test_every_process_of_the_shop_is_there() -> None:
    assert set(SERVICES) == {"postgres", "redis", "cache", *DJANGO}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_that_stays_has_a_health_check_and_starts_again(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_the_database_has_a_pgvector_without_known_faults() -> None:
    version, postgres = re.fullmatch(  # type: ignore[union-attr]
        r"pgvector/pgvector:([\d.]+)-pg(\d+)-\w+", SERVICES["postgres"]["image"]
    ).groups()
    assert tuple(map(int, version.split("."))) >= (0, 8, 4)
    # From 18 on the image keeps its data one folder higher up.
    assert int(postgres) >= 18
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_an_index_build_finds_its_shared_memory() -> None:
    memory = dict(part.split("=") for part in SERVICES["postgres"]["command"] if "=" in part)
    assert in_bytes(SERVICES["postgres"]["shm_size"]) > in_bytes(memory["maintenance_work_mem"])


def test_redis_forgets_no_task() -> None:
    command = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_no_photo_of_a_shopper_reaches_a_disk() -> None:
    cache = SERVICES["cache"]
    command = " ".join(cache["command"])
    assert "--save  --appendonly no" in command
    assert cache["tmpfs"] == "/data"
    assert SERVICES["web"]["environment"]["CACHE_URL"].startswith("redis://cache:")


def test_photos_and_products_have_a_worker_each() -> None:
    from shop.settings import VRS
    from vrs_app.conf import Settings

    def queue(name: str) -> str:
        command: list[str] = SERVICES[name]["command"]
        return command[command.index("--queues") + 1]

    assert queue("worker") == VRS.get("QUEUE", Settings.QUEUE.default)
    assert queue("photo-worker") == VRS.get("PHOTO_QUEUE", Settings.PHOTO_QUEUE.default)


@pytest.mark.parametrize("name", DJANGO)
def test_every_variable_is_one_that_the_settings_read(name: str) -> None:
    read = set(re.findall(r'(?:environ(?:\.get)?|required)[(\[]\s*"(\w+)"', SETTINGS))
    read |= {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}  # by dj_database_url, and by Django
    assert set(SERVICES[name]["environment"]) <= read


@pytest.mark.parametrize("name", DJANGO)
def test_every_variable_that_production_requires_is_given(name: str) -> None:
    required = set(re.findall(r'required\("(\w+)"\)', SETTINGS))
    given = SERVICES[name]["environment"]
    assert required <= set(given)
    assert given["DJANGO_SETTINGS_MODULE"] == "shop.settings.production"


def test_no_secret_has_a_default() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert set(re.findall(rf"\$\{{{name}(..)", text)) == {":?"}


def test_pages_and_worker_see_the_same_pictures() -> None:
    assert "media:/srv/media" in SERVICES["web"]["volumes"]
    assert "media:/srv/media" in SERVICES["worker"]["volumes"]
    assert SERVICES["web"]["environment"]["MEDIA_ROOT"] == "/srv/media"


def test_the_web_image_has_no_tensorflow_and_the_worker_has() -> None:
    assert not re.search(r"^tensorflow", requirements("requirements-web.txt"), re.MULTILINE)
    assert re.search(r"^tensorflow", requirements("requirements-worker.txt"), re.MULTILINE)
    assert "--requirement requirements-web.txt" in stage("base")
    assert "--requirement requirements-worker.txt" in stage("worker")
    assert "--requirement" not in stage("web")


@pytest.mark.parametrize("name", DJANGO)
def test_every_image_is_a_stage_of_the_dockerfile(name: str) -> None:
    assert stage(SERVICES[name]["build"]["target"])
    assert SERVICES[name]["image"] == f"vrs-{SERVICES[name]['build']['target']}"


def test_whatever_the_dockerfile_copies_is_let_through() -> None:
    let_through = set(re.findall(r"^!(\S+)$", (REPOSITORY / ".dockerignore").read_text(), re.M))
    for copied in re.findall(r"^COPY (\S+)", DOCKERFILE, re.MULTILINE):
        assert (REPOSITORY / copied).exists()
        assert any(Path(copied).match(pattern) for pattern in let_through)


# --- what it starts ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage_set() -> Iterator["Stage"]:
    """Servers of its own, collected static files, and the tables that `migrate` makes."""
    with ExitStack() as stack:
        data = stack.enter_context(open_temporary_folder())
        stack.enter_context(without("DATABASE_URL", "REDIS_URL", "CACHE_URL"))
        addresses = stack.enter_context(services.running(data, scratch=True))
        stage_set = Stage(data, addresses)
        stage_set.run("python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        stage_set.run(*SERVICES["migrate"]["command"])
        yield stage_set


@pytest.mark.slow
def test_its_very_commands_run_without_docker(stage_set: "Stage") -> None:
    with ExitStack() as stack:
        children = {name: stage_set.start(name, stack) for name in DJANGO[1:]}
        for name, child in children.items():
            stage_set.wait_until_healthy(name, child)


@pytest.mark.slow
def test_a_fault_of_a_page_leaves_its_traceback_on_the_console_once(stage_set: "Stage") -> None:
    with ExitStack() as stack, table_away(stage_set, "shop_product"):
        web = stage_set.start("web", stack)
        stage_set.wait_until_healthy("web", web)
        assert stage_set.status_of("/", cookie="sessionid=of-a-shopper") == 500
        log = await_line(web, '"GET / HTTP/1.1" 500')
    [told] = re.findall(
        r"^[\d-]+ [\d:,]+ ERROR django\.request: Internal Server Error: /\n"
        r"(Traceback .*?^django\.db\.utils\.ProgrammingError: .*?\n)",
        log,
        re.MULTILINE | re.DOTALL,
    )
    assert 'relation "shop_product" does not exist' in told
    assert log.count("django.db.utils.ProgrammingError: ") == 1
    assert log.count("Internal Server Error") == 1
    assert "of-a-shopper" not in log
    assert stage_set.environment["SECRET_KEY"] not in log


@pytest.mark.slow
def test_what_a_visitor_gets_wrong_leaves_no_traceback_on_the_console(stage_set: "Stage") -> None:
    with ExitStack() as stack:
        web = stage_set.start("web", stack)
        stage_set.wait_until_healthy("web", web)
        assert stage_set.status_of("/no/such/page/") == 404
        assert stage_set.status_of("/", host="other.example") == 400
        log = await_line(web, '"GET / HTTP/1.1" 400')
    assert log.count("/no/such/page/") == 1, "in the access log"
    assert len(re.findall(r"ERROR django\.security\.DisallowedHost: .*other\.example", log)) == 1
    assert "Traceback" not in log


@contextmanager
def table_away(stage_set: "Stage", table: str) -> Iterator[None]:
    """The fault: a page's table has another name."""
    with psycopg.connect(stage_set.environment["DATABASE_URL"], autocommit=True) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO away")
        try:
            yield
        finally:
            database.execute(f"ALTER TABLE away RENAME TO {table}")


def await_line(child: Child, text: str, seconds: float = 30) -> str:
    """All that a process has written, once `text` is in it."""
    wait_until(lambda: text in child.log.read_text(), seconds=seconds)
    return child.log.read_text()


class Stage:
    """Runs the commands of the file with servers, folders and a port of this machine."""

    def __init__(self, data: Path, addresses: services.Addresses) -> None:
        self.data = data
        (data / "beat").mkdir()
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            self.port: int = listener.getsockname()[1]
        self.environment = {
            **os.environ,
            **{name: self.here(value) for name, value in SERVICES["web"]["environment"].items()},
            **addresses.environment(),
            "STATIC_ROOT": str(data / "static"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def here(self, word: str) -> str:
        """A word of the file as Compose would fill it in, with this machine's places."""
        word = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word)
        word = re.sub(r"\$\{\w+:\?[^}]*\}", "only" + "0123456789" * 6 + "abcdefghijk", word)
        word = word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}")
        word = word.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        return word.replace("/srv/", f"{self.data}/").replace("$$", "$")

    def run(self, *command: str) -> None:
        subprocess.run(command, cwd=REPOSITORY, env=self.environment, check=True)

    def start(self, name: str, stack: ExitStack) -> Child:
        child = start(
            name,
            [self.here(word) for word in SERVICES[name]["command"]],
            folder=self.data,
            environment=self.environment,
            working_folder=REPOSITORY,
        )
        stack.callback(child.stop)
        return child

    def status_of(self, path: str, *, host: str = "localhost", cookie: str = "") -> int:
        """How the web server answers a visitor whom the proxy in front brings by HTTPS."""
        headers = {"Host": host, "Cookie": cookie, "X-Forwarded-Proto": "https"}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().status

    def wait_until_healthy(self, name: str, child: Child, seconds: float = 90) -> None:
        how, *check = (self.here(word) for word in SERVICES[name]["healthcheck"]["test"])
        command = check if how == "CMD" else ["sh", "-c", *check]
        patience = time.monotonic() + seconds
        while True:
            assert child.running, child.last_lines()
            answer = subprocess.run(
                command, cwd=REPOSITORY, env=self.environment, capture_output=True, text=True
            )
            if answer.returncode == 0:
                return
            assert time.monotonic() < patience, answer.stderr + child.last_lines()
            time.sleep(0.5)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """The environment without these variables, for a while."""
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.delenv(name, raising=False)
        yield
