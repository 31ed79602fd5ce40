"""`make demo`: what it refuses, what it prints, and that nothing of it remains."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, nullcontext, suppress
from pathlib import Path

import psutil
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from PIL import Image
from pytest_django import Settings

from shop.demo import options, readiness, steps
from shop.demo import supervisor as supervisor_module
from shop.demo.errors import DemoError, UsageError
from shop.demo.steps import Stopwatch
from shop.demo.supervisor import Supervisor, write_environment
from shop.management.commands import demo_progress
from shop.services.folders import REPOSITORY
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.models import ImageEmbedding
from vrs_app.reports import status as status_report

from .conftest import LookAlikes
from .services_plugin import open_temporary_folder

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
PARENT_OF_DEAF = (
    "import subprocess, sys, time\n"
    f"subprocess.Popen([sys.executable, '-c', {DEAF!r}])\n"
    "print('child is there', flush=True)\n"
    "time.sleep(600)\n"
)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path, dict(os.environ)) as supervisor:
        yield supervisor


@pytest.fixture
def data() -> Iterator[Path]:
    with open_temporary_folder() as folder:
        yield folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A tree of photos so small that a worker has it ready at once."""
    for category, colour in (("shirts", "navy"), ("dresses", "crimson")):
        (tmp_path / "photos" / category).mkdir(parents=True)
        for number in range(4):
            picture = Image.new("RGB", (96, 96 + 8 * number), colour)
            picture.paste("white", (20, 20, 40 + 8 * number, 60))
            picture.save(tmp_path / "photos" / category / f"{number}.jpg")
    return tmp_path / "photos"


# --- what it refuses -----------------------------------------------------------------------


def test_a_taken_port_is_told_before_anything_starts(taken_port: int, tmp_path: Path) -> None:
    environment = {**os.environ, "PORT": str(taken_port), "VRS_DATA": str(tmp_path / "data")}
    answer = subprocess.run(
        [sys.executable, "-m", "shop.demo"],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert answer.returncode == 2
    assert answer.stderr.strip() == (
        f"Error: Port {taken_port} is taken by another program: choose another one, "
        f"for example make demo PORT={taken_port + 1}."
    )
    assert not (tmp_path / "data").exists()


def test_a_free_port_is_free() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        number = listener.getsockname()[1]
    options.require_free(number)


@pytest.mark.parametrize("text", ["0", "65536", "eighty", "-1", "8000.5"])
def test_a_port_that_is_none_is_told(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(UsageError, match=f"PORT={text} is not a port"):
        options.from_environment()


def test_photos_that_are_not_there_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOS", "/no/such/folder")
    with pytest.raises(UsageError, match="PHOTOS=/no/such/folder is not a folder"):
        options.from_environment()


@pytest.mark.parametrize("name", ["/nope", "", "nope.weights.h5"])
def test_weights_that_are_not_there_are_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / name)
    monkeypatch.setenv("WEIGHTS", path)
    with pytest.raises(UsageError, match=f"WEIGHTS={path} is not a file") as caught:
        options.from_environment()
    assert caught.value.exit_status == 2
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["imagenet", "README.md", str(REPOSITORY / "README.md")])
def test_weights_are_a_file_or_imagenet(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHTS", name)
    options.from_environment()


def test_empty_variables_are_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "PHOTOS", "WEIGHTS", "DEMO_BEGAN", "VRS_DATA"):
        monkeypatch.setenv(name, "")
    chosen = options.from_environment()
    assert (chosen.port, chosen.photos) == (8000, None)


def test_each_tree_of_photos_is_a_shop_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VRS_DATA", raising=False)
    clothes = options.from_environment()
    monkeypatch.setenv("PHOTOS", str(tmp_path))
    assert options.from_environment().data != clothes.data


# --- the login -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_login_opens_the_admin(settings: Settings) -> None:
    settings.DEBUG = True
    call_command("demo_login")
    admin = User.objects.get(username="admin")
    assert admin.is_superuser
    assert admin.check_password("admin")


@pytest.mark.django_db
def test_the_login_is_for_debug_only(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo_login")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_password_that_was_changed_stays(settings: Settings) -> None:
    settings.DEBUG = True
    User.objects.create_superuser(username="admin", password="a secret of my own", email="")
    call_command("demo_login")
    assert User.objects.get(username="admin").check_password("a secret of my own")


# --- its processes ---------------------------------------------------------------------------


@pytest.mark.slow
def test_a_dead_child_is_named_with_its_last_words(supervisor: Supervisor) -> None:
    supervisor.start("worker", "-c", "print('no queue today'); raise SystemExit(3)")
    with pytest.raises(DemoError, match=r"worker process ended .*status 3.*\n.*no queue today"):
        supervisor.watch()


@pytest.mark.slow
def test_a_command_that_fails_is_named(supervisor: Supervisor) -> None:
    with pytest.raises(DemoError, match=r"`manage\.py no_such_command` failed"):
        supervisor.manage("no_such_command")


@pytest.mark.slow
def test_deaf_children_and_their_children_are_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "_STOP_SECONDS", 0.5)
    supervisor.start("deaf", "-c", DEAF)
    supervisor.start("parent", "-c", PARENT_OF_DEAF)
    wait_for("child is there", tmp_path / "parent.log")
    family = psutil.Process().children(recursive=True)
    ours = [process for process in family if "time.sleep(600)" in " ".join(words(process))]
    assert len(ours) == 3
    supervisor.stop()
    assert remaining(ours) == []


def test_the_environment_can_be_read_by_a_shell_and_by_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "environment"
    told = {"REDIS_URL": "redis://:it's $HOME@host/0", "CACHE_URL": "redis://cache/0"}
    write_environment(file, told | {"SECRET": "kept out"})
    assert "CACHE_URL=redis://cache/0" in file.read_text()
    shell = f'. "{file}" && printf %s "$REDIS_URL"'
    assert subprocess.check_output(["sh", "-c", shell], text=True) == "redis://:it's $HOME@host/0"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "kept out" not in file.read_text()


def test_with_the_environment_a_plain_shell_runs_manage_py(tmp_path: Path) -> None:
    file = tmp_path / "environment"
    write_environment(file, {})
    shell = f'. "{file}" && python -c "import django, sys; print(sys.prefix)"'
    plain = {"PATH": "/usr/bin:/bin"}
    found = subprocess.check_output(["sh", "-c", shell], text=True, env=plain)
    assert found.strip() == sys.prefix


# --- the worker at work ----------------------------------------------------------------------


def status(*, waiting: int, problem: str, seconds_ago: int | None) -> str:
    """What `demo_progress` prints."""
    images = {"ready": 3, "waiting": waiting, "failed": 0}
    return json.dumps(
        {"images": images, "worker": {"problem": problem, "seconds_ago": seconds_ago}}
    )


@pytest.mark.parametrize(
    ("seconds_ago", "told"), [(2, "no weights"), (60, ""), (None, "")], ids=str
)
def test_only_what_the_worker_says_since_this_start_counts(
    seconds_ago: int | None, told: str
) -> None:
    answer = status(waiting=5, problem="no weights", seconds_ago=seconds_ago)
    assert readiness.parse_counts(answer, time.time() - 30).problem == told


@pytest.mark.django_db
def test_the_progress_is_that_of_the_status(look_alikes: LookAlikes) -> None:
    heartbeats.beat(Part.WORKER, "no weights")
    ImageEmbedding.objects.filter(image__product=look_alikes["disc"][0]).delete()
    found, told = status_report.collect(), demo_progress.progress()
    assert told["images"] == found.images
    assert told["images"]["waiting"] == 1
    assert told["worker"]["problem"] == found.worker["problem"] == "no weights"
    assert readiness.parse_counts(json.dumps(told), time.time() - 30).problem == "no weights"


@pytest.mark.slow
def test_a_progress_that_cannot_be_reported_is_told(tmp_path: Path) -> None:
    nowhere = {**os.environ, "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    with readiness.progress_reports(nowhere, tmp_path) as reports:
        reports.process.wait(30)
        with pytest.raises(DemoError, match=r"(?s)`manage\.py demo_progress` failed:.*connection"):
            readiness.counts(reports, time.time())


def test_pictures_that_cannot_be_embedded_are_told_and_not_waited_for(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(
        status(waiting=5, problem=problem, seconds_ago=0) for problem in ("", "no weights")
    )
    monkeypatch.setattr(readiness, "_POLL_SECONDS", 0)
    monkeypatch.setattr(readiness, "progress_reports", lambda *_: nullcontext())
    monkeypatch.setattr(
        readiness,
        "counts",
        lambda _reports, began: readiness.parse_counts(next(answers), began),
    )
    chosen = options.Options(port=8000, photos=None, began=time.time() - 2)
    steps.embed(chosen, Stopwatch(chosen.began), supervisor)
    *_, problem, ready = capsys.readouterr().out.splitlines()
    assert problem.endswith("The worker cannot embed: no weights")
    assert re.search(r"Demo ready after \d+ s: http://127\.0\.0\.1:8000/ · ", ready)
    assert ready.endswith(" · 5 pictures wait until this is fixed")


# --- all of it -------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_demo_runs_stops_and_starts_again(data: Path, photos: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        demo = start_demo(data, photos)
        try:
            ready = wait_for("Demo ready after", data / "output", seconds=180)
            address = re.findall(r"Demo ready after \d+ s: (http\S+)", ready)[0]
            assert urllib.request.urlopen(address, timeout=30).status == 200
            family = psutil.Process(demo.pid).children(recursive=True)
            assert len(family) > 5  # servers, worker and its child, beat, web
        finally:
            demo.send_signal(number)
        assert demo.wait(60) == 0
        assert remaining(family) == []


@pytest.mark.slow
def test_the_demo_goes_on_without_weights_and_says_so(data: Path, photos: Path) -> None:
    garbage = photos.with_name("garbage.weights.h5")
    garbage.write_text("no weights")
    demo = start_demo(data, photos, WEIGHTS=str(garbage))
    try:
        told = wait_for("pictures wait until this is fixed", data / "output", seconds=180)
    finally:
        demo.send_signal(signal.SIGINT)
    assert demo.wait(60) == 0
    assert f"The worker cannot embed: {garbage} does not hold the weights" in told
    assert "Ways out:" in told


@pytest.mark.slow
def test_a_stop_amidst_the_start_leaves_nothing(data: Path, photos: Path) -> None:
    for moment in ("Starting PostgreSQL", "Migrating", "Filling the shop", "Starting the web"):
        demo = start_demo(data, photos)
        try:
            wait_for(moment, data / "output")
            family = psutil.Process(demo.pid).children(recursive=True)
        finally:
            demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 0
        assert remaining(family) == []


@pytest.mark.slow
def test_a_killed_child_stops_the_demo(data: Path, photos: Path) -> None:
    demo = start_demo(data, photos)
    try:
        wait_for("Demo ready after", data / "output", seconds=180)
        family = psutil.Process(demo.pid).children(recursive=True)
        [beat] = [process for process in family if "beat" in words(process)]
        beat.kill()
        assert demo.wait(60) == 1
    finally:
        demo.terminate()
    assert "The beat process ended unexpectedly" in (data / "output").read_text()
    assert remaining(family) == []


def words(process: psutil.Process) -> list[str]:
    """Its command; nothing where it has just ended, as a server's own processes do."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def start_demo(data: Path, photos: Path, **more: str) -> subprocess.Popen[bytes]:
    """The demo as its own process, with servers of its own; it prints to data/output."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        free = listener.getsockname()[1]
    environment = {
        **os.environ,
        "PORT": str(free),
        "PHOTOS": str(photos),
        "VRS_DATA": str(data),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "CACHE_URL": "",
        **more,
    }
    with (data / "output").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "shop.demo"],
            cwd=REPOSITORY,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def wait_for(words: str, file: Path, seconds: float = 60) -> str:
    """What a file holds, as soon as it holds these words."""
    patience = time.monotonic() + seconds
    while words not in (text := file.read_text() if file.exists() else ""):
        assert time.monotonic() < patience, text
        time.sleep(0.05)
    return text


def remaining(processes: list[psutil.Process], seconds: float = 5) -> list[psutil.Process]:
    """Those that still run; a killed one may take a moment to go."""
    patience = time.monotonic() + seconds
    while (left := [p for p in processes if is_alive(p)]) and time.monotonic() < patience:
        time.sleep(0.05)
    return left


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
