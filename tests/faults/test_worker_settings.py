"""The settings under which workers were found to lose nothing, in the demo and as we tell them."""

import re
from typing import Any

import pytest
import yaml
from celery import current_app
from django.conf import settings

from vrs_app import tasks
from vrs_app.indexing.claims import LEASE_MARGIN
from vrs_app.infra.broker import HARD_LIMIT_MARGIN

from ..processes import ROOT
from ..projects.documents import DOCUMENTS

TOLD = sorted({*re.findall(r"^(CELERY_\w+) = ", DOCUMENTS["tutorial"], re.MULTILINE)})


def test_the_shop_has_the_settings_that_were_found_right() -> None:
    celery = current_app.conf
    assert celery.worker_prefetch_multiplier == 1
    assert celery.worker_max_memory_per_child
    assert celery.worker_soft_shutdown_timeout > 0
    assert 0 < celery.task_soft_time_limit < celery.task_time_limit
    timeouts = celery.broker_transport_options
    assert timeouts["socket_timeout"] > 1  # the worker's own wait for a task takes one second
    assert timeouts["socket_connect_timeout"] > 0


@pytest.mark.parametrize("name", TOLD)
def test_what_a_shop_is_told_to_set_the_demo_sets_too(name: str) -> None:
    assert hasattr(settings, name)


def test_no_task_of_ours_is_tried_again_and_again() -> None:
    """Late acknowledgement where it may run twice; no result, no retry that never ends."""
    ours: dict[str, Any] = {
        name: task for name, task in current_app.tasks.items() if name.startswith("vrs_app.")
    }
    assert ours
    for name, task in ours.items():
        assert task.max_retries == 0, name
        assert task.ignore_result, name
        assert not task.reject_on_worker_lost, name
    assert tasks.embed_waiting.acks_late


def test_a_lease_outlives_the_hardest_time_limit() -> None:
    assert LEASE_MARGIN > HARD_LIMIT_MARGIN


def test_a_worker_in_docker_has_time_to_stop_softly() -> None:
    worker = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["worker"]
    assert worker["stop_signal"] == "SIGQUIT"
    patience = int(worker["stop_grace_period"].removesuffix("s"))
    assert patience > 2 * settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
