"""The real network in a real prefork worker: weights that come late, the fork, memory."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pytest_django import DjangoDbBlocker

from vrs_app.models import EmbeddingSpace, Heartbeat

from ..conftest import MakeShown
from ..processes import wait_until
from ..settings import RESNET50_VRS
from ..shapes import shape
from .stage import Stage, attempts, states, stock, sweep_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc"),
]

RESNET50 = "vrs_app.embedders.resnet50.ResNet50Embedder"
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def weights(stage: Stage) -> Path:
    """Where the worker looks for its weights; there is nothing yet."""
    return stage.folder / "late.weights.h5"


@pytest.fixture(scope="module")
def running(
    stage: Stage, weights: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator["subprocess.Popen[bytes]"]:
    changed = {"EMBEDDER": RESNET50, "WEIGHTS": str(weights), "IMAGE_SIZE": 64}
    with stage.worker(vrs=changed) as process:
        yield process


def has_tensorflow(process: int) -> bool:
    return "tensorflow" in Path(f"/proc/{process}/maps").read_text()


def pool_process(worker: "subprocess.Popen[bytes]") -> psutil.Process:
    [child] = psutil.Process(worker.pid).children()
    return child


def test_pictures_wait_for_weights_and_are_embedded_within_a_minute_of_their_coming(
    marked_worker: "subprocess.Popen[bytes]", weights: Path, make_shown: MakeShown
) -> None:
    make_shown(*(shape(seed=seed) for seed in range(4)))
    away = Heartbeat.objects.filter(problem__contains=weights.name)
    wait_until(away.exists, seconds=60)
    assert not EmbeddingSpace.objects.exists()
    weights.symlink_to(RESNET50_VRS["WEIGHTS"])
    sweep_until(lambda: states() == {"ready": 4}, seconds=60)
    assert attempts() == {1: 4}
    # Any operation of TensorFlow's before the fork would have hung the child.
    assert has_tensorflow(pool_process(marked_worker).pid)
    assert not has_tensorflow(marked_worker.pid)


def test_500_pictures_grow_a_worker_by_less_than_100_megabytes(
    marked_worker: "subprocess.Popen[bytes]", weights: Path, make_shown: MakeShown
) -> None:
    if not weights.exists():  # where this test runs alone
        weights.symlink_to(RESNET50_VRS["WEIGHTS"])
    stock(make_shown, "disc", 40)  # a whole batch and a part of one
    sweep_until(lambda: states() == {"ready": 40}, seconds=90)
    child = pool_process(marked_worker)
    before = child.memory_info().rss
    stock(make_shown, "bars", 500)
    sweep_until(lambda: states() == {"ready": 540}, seconds=120)
    assert pool_process(marked_worker) == child
    assert (child.memory_info().rss - before) / MEGABYTE < 100
