"""A process of the pool dies amid a batch, by a picture or from outside."""

import os
import signal
import subprocess

import pytest
from django.core.files.base import ContentFile
from django.db import transaction

from vrs_app.conf import conf
from vrs_app.models import ImageEmbedding

from ..conftest import MakeShown
from ..processes import wait_until
from ..shapes import shape
from .marked import marked
from .stage import Stage, attempts, states, sweep_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("marked_worker"),
]


def test_a_picture_that_kills_its_process_is_given_up_and_the_99_beside_it_are_ready(
    stage: Stage, make_shown: MakeShown
) -> None:
    with transaction.atomic():
        poison = make_shown(marked("kills"))
        for seed in range(99):
            make_shown(shape(seed=seed))
    sweep_until(lambda: states() == {"ready": 99, "failed": 1}, seconds=240)
    failed = ImageEmbedding.objects.get(state="failed")
    assert failed.image.product == poison
    assert (failed.error_code, failed.attempts) == ("worker_lost", conf.MAX_ATTEMPTS)
    assert stage.runs("kills") == conf.MAX_ATTEMPTS

    picture = poison.images.get()
    picture.image = ContentFile(shape("bars"), "replaced.jpg")
    picture.save()
    wait_until(lambda: states() == {"ready": 100}, seconds=30)


def test_a_process_that_is_killed_amid_a_batch_costs_one_attempt_and_no_picture(
    stage: Stage, make_shown: MakeShown, marked_worker: "subprocess.Popen[bytes]"
) -> None:
    with transaction.atomic():  # one bell, one batch
        make_shown(marked("waits"), *(shape(seed=seed) for seed in range(7)))
    wait_until(lambda: stage.runs("waits") == 1)
    assert (states(), attempts()) == ({"waiting": 8}, {1: 8})
    assert stage.last_process() != marked_worker.pid
    os.kill(stage.last_process(), signal.SIGKILL)
    stage.open_gate()
    sweep_until(lambda: states() == {"ready": 8})
    assert attempts() == {2: 8}
    assert stage.runs("waits") == 2
