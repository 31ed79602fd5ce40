"""The storage is away for a while, and comes back: nothing is lost, nobody is blamed."""

import shutil
import subprocess

import pytest
from django.db import transaction
from django.utils import timezone

from vrs_app.conf import conf
from vrs_app.models import Heartbeat

from ..conftest import MakeShown
from ..shapes import shape
from .stage import Stage, attempts, states, sweep_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def told_after_a_sweep() -> str:
    """What keeps the worker from working, as it says after one more sweep."""
    began = timezone.now()
    beats = Heartbeat.objects.filter(part=Heartbeat.Part.WORKER, beaten_at__gt=began)
    sweep_until(beats.exists, seconds=20)
    return beats.get().problem


def test_pictures_wait_without_losing_an_attempt_while_the_storage_is_away(
    stage: Stage, marked_worker: "subprocess.Popen[bytes]", make_shown: MakeShown
) -> None:
    away = stage.folder / "away"
    with transaction.atomic():
        for seed in range(3):
            make_shown(shape(seed=seed))
        shutil.move(stage.media, away)
    for _ in range(conf.MAX_ATTEMPTS + 1):
        assert "Mount it" in told_after_a_sweep()
    assert (states(), attempts()) == ({"waiting": 3}, {0: 3})
    shutil.move(away, stage.media)
    sweep_until(lambda: states() == {"ready": 3})
    assert attempts() == {1: 3}
