"""A whole worker is killed, or asked to stop in each of the ways that a deployment has."""

import os
import signal
from collections.abc import Callable

import pytest
from django.db import transaction

from vrs_app.models import ImageEmbedding

from ..conftest import MakeShown
from ..processes import wait_until
from ..shapes import shape
from .marked import marked
from .stage import Stage, attempts, states, sweep_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ONE_ATTEMPT = {"MAX_ATTEMPTS": 1}
"""So that a single attempt that is counted and not given back loses a picture."""


@pytest.fixture
def save_four(make_shown: MakeShown, stage: Stage) -> Callable[[], None]:
    """Saves four pictures and waits until a worker has them in hand."""

    def save() -> None:
        with transaction.atomic():  # one bell, one batch
            make_shown(marked("waits"), *(shape(seed=seed) for seed in range(3)))
        wait_until(lambda: stage.runs("waits") == 1)

    return save


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_what_a_killed_worker_held_is_handed_on_when_its_lease_ends(
    stage: Stage, save_four: Callable[[], None]
) -> None:
    with stage.worker() as killed:
        save_four()
        child = stage.last_process()
        killed.kill()  # the kernel takes its pool along
        killed.wait()
        wait_until(lambda: is_gone(child))
    assert attempts() == {1: 4}
    stage.open_gate()
    with stage.worker(empty=False):
        sweep_until(lambda: states() == {"ready": 4})
    assert attempts() == {2: 4}


def test_a_worker_asked_to_stop_ends_its_batch_first(
    stage: Stage, save_four: Callable[[], None]
) -> None:
    with stage.worker(vrs=ONE_ATTEMPT) as stopped:
        save_four()
        stopped.send_signal(signal.SIGTERM)
        wait_until(lambda: "Warm shutdown" in stage.log.read_text())
        assert stopped.poll() is None
        stage.open_gate()
        assert stopped.wait(30) == 0
    assert (states(), attempts()) == ({"ready": 4}, {1: 4})


@pytest.mark.parametrize("how", ["by its group", "softly"])
def test_a_worker_that_must_stop_amid_a_batch_gives_the_attempts_back(
    stage: Stage, save_four: Callable[[], None], how: str
) -> None:
    """Softly: as docker-compose.yml has it. By its group: as systemd does it unless told."""
    soon = {"CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT": 1}
    with stage.worker(vrs=ONE_ATTEMPT, celery=soon) as stopped:
        save_four()
        if how == "softly":
            stopped.send_signal(signal.SIGQUIT)
        else:
            os.killpg(stopped.pid, signal.SIGTERM)
        stopped.wait(30)
    assert (states(), attempts()) == ({"waiting": 4}, {0: 4})
    assert not ImageEmbedding.objects.exclude(lease_token=None).exists()
    stage.open_gate()
    with stage.worker(vrs=ONE_ATTEMPT, empty=False):
        sweep_until(lambda: states() == {"ready": 4})
