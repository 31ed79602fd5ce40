"""A worker that embeds for a long time does not grow, whatever its embedder."""

import subprocess

import psutil
import pytest

from ..conftest import MakeShown
from .stage import Stage, states, stock, sweep_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MEGABYTE = 1 << 20


def test_500_pictures_grow_a_worker_by_less_than_100_megabytes(
    stage: Stage, marked_worker: "subprocess.Popen[bytes]", make_shown: MakeShown
) -> None:
    stock(make_shown, "disc", 40)  # a whole batch and a part of one
    sweep_until(lambda: states() == {"ready": 40})
    child = psutil.Process(stage.last_process())
    before = child.memory_info().rss
    stock(make_shown, "bars", 500)
    sweep_until(lambda: states() == {"ready": 540}, seconds=120)
    assert stage.last_process() == child.pid
    assert (child.memory_info().rss - before) / MEGABYTE < 100
