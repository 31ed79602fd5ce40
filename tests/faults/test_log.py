"""The log of real workers: one line an event, no stack trace for a picture, no password."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from pytest_django import Settings

from shop.models import Product, ProductImage
from vrs_app.infra import broker
from vrs_app.models import ImageEmbedding, IndexedImage

from ..conftest import MakeShown
from ..infra.test_log import LINE
from ..processes import ROOT, shared_environment, wait_until
from ..shapes import shape
from .marked import GRACE_SECONDS, marked
from .stage import Stage, states, sweep_until

LIMITS = {"BATCH_TIME_LIMIT": 3, "MAX_ATTEMPTS": 2}
OURS = re.compile(r"\d{4}-\d\d-\d\d [\d:,]+ (?:INFO|WARNING|ERROR) vrs_app[\w.]*: (.*)")
CELERYS = re.compile(r"\[\d{4}-\d\d-\d\d [\d:,]+: \w+/[\w-]+\] ")
FORGED = (
    "gone.jpg\n2026-01-01 00:00:00,000 INFO "
    "vrs_app.indexing.notifications: picture_ready product=1"
)
SECRET = "s3cret-of-the-broker"

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_worker_tells_each_event_in_one_line_and_no_stack_of_any_picture(
    stage: Stage, make_shown: MakeShown, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VRS = settings.VRS | LIMITS  # a save's bell carries the limits
    monkeypatch.setattr(broker, "HARD_LIMIT_MARGIN", GRACE_SECONDS)
    good = [shape(seed=seed) for seed in range(3)]
    make_shown(*good, b"", b"<html>", shape()[:300], b"gone", name="Two words")
    make_shown(marked("sleeps"))
    gone = IndexedImage.objects.order_by("pk")[6]
    ProductImage.objects.filter(image=gone.name).update(image=FORGED)
    IndexedImage.objects.filter(pk=gone.pk).update(name=FORGED)
    with stage.worker(vrs=LIMITS):
        sweep_until(lambda: states() == {"ready": 3, "failed": 5}, seconds=60)
        await_loss(stage, make_shown(marked("hangs")), "TimeLimitExceeded")
        # A pool looks for its lost processes only after ten seconds.
        settings.VRS = settings.VRS | {"BATCH_TIME_LIMIT": 30}
        await_loss(stage, make_shown(marked("kills")), "WorkerLostError")
    log = stage.log.read_text()
    events = [found[1] for line in log.splitlines() if (found := OURS.match(line))]
    assert all(LINE.fullmatch(event) for event in events), events
    counted = Counter(event.split()[0] for event in events)
    assert (counted["picture_ready"], counted["picture_failed"]) == (3, 5)
    assert counted["batch_stopped"] == 2
    assert counted["process_lost"] == 2
    codes = re.findall(r"picture_failed .* code=(\w+)", "\n".join(events))
    assert sorted(codes) == sorted(
        ImageEmbedding.objects.filter(state="failed").values_list("error_code", flat=True)
    )
    assert codes.count("worker_lost") == 1
    assert "Traceback" not in log
    assert "JFIF" not in log


def await_loss(stage: Stage, product: Product, error: str) -> None:
    """Wait until the log tells that the product's picture cost a process; once is enough."""
    line = re.compile(rf'process_lost .* error="{error}')
    wait_until(lambda: line.search(stage.log.read_text()) is not None, seconds=60)
    product.delete()


@pytest.fixture
def refusing() -> str:
    """Where nobody listens, with a password."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f":{SECRET}@127.0.0.1:{server.getsockname()[1]}"


def test_a_worker_whose_broker_refuses_tells_no_password(tmp_path: Path, refusing: str) -> None:
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "shop", "worker", "--queues", "vrs"],
            cwd=ROOT,
            env=shared_environment(REDIS_URL=f"redis://{refusing}/0"),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: "Cannot connect" in log.read_text(), seconds=60)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert SECRET not in log.read_text()


def status(**environment: str) -> str:
    """What `vrs_status` tells."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "vrs_status"],
        cwd=ROOT,
        env=shared_environment() | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    return ended.stdout + ended.stderr


def test_no_password_of_a_broker_or_a_database_that_refuses_is_told(refusing: str) -> None:
    url = f"redis://{refusing}"
    told = status(REDIS_URL=f"{url}/0", CACHE_URL=f"{url}/1")
    assert "The broker does not answer" in told
    assert SECRET not in told
    told = status(DATABASE_URL=f"postgresql://vrs{refusing}/vrs")
    assert "The database does not answer" in told
    assert SECRET not in told
