"""A picture that never ends: the time limits of a real pool stop it."""

import shlex
import subprocess
from collections.abc import Iterator

import pytest
import yaml
from django.db import transaction
from pytest_django import DjangoDbBlocker, Settings

from shop.demo.steps import WORKER
from vrs_app.infra import broker
from vrs_app.models import ImageEmbedding
from vrs_app.reports import diagnostics

from ..conftest import MakeShown
from ..processes import ROOT
from ..projects.documents import BLOCKS
from ..shapes import shape
from .marked import GRACE_SECONDS, marked
from .stage import Stage, states, sweep_until

LIMITS = {"BATCH_TIME_LIMIT": 3, "MAX_ATTEMPTS": 2}


@pytest.fixture(scope="module")
def running(
    stage: Stage, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator["subprocess.Popen[bytes]"]:
    with stage.worker(vrs=LIMITS) as process:
        yield process


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["sleeps", "swallows", "hangs"])
def test_a_picture_that_never_ends_is_stopped_and_given_up_and_the_others_are_ready(
    how: str,
    stage: Stage,
    marked_worker: "subprocess.Popen[bytes]",
    make_shown: MakeShown,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.VRS = settings.VRS | LIMITS  # a save's bell carries the limits
    monkeypatch.setattr(broker, "HARD_LIMIT_MARGIN", GRACE_SECONDS)
    with transaction.atomic():  # one bell, one batch
        make_shown(marked(how), *(shape(seed=seed) for seed in range(3)))
    sweep_until(lambda: states() == {"ready": 3, "failed": 1}, seconds=120)
    failed = ImageEmbedding.objects.get(state="failed")
    assert (failed.error_code, failed.attempts) == ("worker_lost", 2)
    assert stage.runs(how) == 2


def test_every_worker_that_we_start_or_tell_of_has_a_pool_that_keeps_time_limits() -> None:
    """The threads and solo pools ignore them."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    commands = [service.get("command", []) for service in services.values()] + [list(WORKER)]
    told = [line for block in BLOCKS if block.language == "sh" for line in block.lines]
    commands += [shlex.split(line) for line in told if line.startswith("celery ")]
    commands += [shlex.split(diagnostics._worker_command("vrs"))]
    workers = [command for command in commands if "worker" in command]
    assert len(workers) >= 6
    assert all(command[command.index("--pool") + 1] == "prefork" for command in workers)
