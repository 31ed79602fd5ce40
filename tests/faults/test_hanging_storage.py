"""A file whose opening blocks: a real worker meets its time limit while it reads."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from vrs_app.indexing import image_rows
from vrs_app.indexing.enqueue import enqueue_batch
from vrs_app.infra import broker
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Heartbeat, ImageEmbedding, IndexedImage

from ..conftest import MakeShown
from ..indexing.reconcile.conftest import file_of, is_served, let_hangs_be_over
from .marked import GRACE_SECONDS
from .stage import Stage, states, stock, sweep_until

LIMITS = {"BATCH_TIME_LIMIT": 3, "MAX_ATTEMPTS": 2}


@pytest.fixture(scope="module")
def running(
    stage: Stage, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator["subprocess.Popen[bytes]"]:
    with stage.worker(vrs=LIMITS) as process:
        yield process


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("marked_worker")
def test_ready_pictures_behind_a_file_that_hangs_are_embedded_again_and_none_fails(
    make_shown: MakeShown, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VRS = settings.VRS | LIMITS  # type: ignore[attr-defined]
    monkeypatch.setattr(broker, "HARD_LIMIT_MARGIN", GRACE_SECONDS)
    stock(make_shown, "disc", 6)
    sweep_until(lambda: states() == {"ready": 6})
    hanging = IndexedImage.objects.order_by("pk")[2]
    path, data = file_of(hanging), file_of(hanging).read_bytes()
    path.unlink()
    os.mkfifo(path)  # opened for reading, it blocks until somebody writes
    image_rows.requeue(IndexedImage.objects.all())
    enqueue_batch()
    sweep_until(lambda: ImageEmbedding.objects.filter(state="ready", revision=2).count() == 5)
    row = ImageEmbedding.objects.get(image=hanging)
    assert (row.state, row.attempts, is_served(hanging)) == ("waiting", 0, True)
    assert hanging.name in Heartbeat.objects.get(part=Part.WORKER).problem
    path.unlink()
    path.write_bytes(data)
    let_hangs_be_over()
    sweep_until(lambda: states() == {"ready": 6})
    assert {*ImageEmbedding.objects.values_list("attempts", flat=True)} == {1}
