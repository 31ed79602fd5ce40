"""Redis is killed and starts again with nothing, while bells wait and a batch is at work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from vrs_app.indexing import enqueue

from ..conftest import MakeShown
from ..processes import use_broker, wait_until
from ..shapes import shape
from .forgetful import ForgetfulRedis, forgetful_redis
from .marked import marked
from .stage import Stage, in_queue, states, sweep_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForgetfulRedis]:
    with forgetful_redis(tmp_path) as server:
        use_broker(monkeypatch, server.url)
        yield server


def test_what_the_queue_forgot_the_sweep_finds_and_no_attempt_is_lost(
    redis: ForgetfulRedis,
    stage: Stage,
    make_shown: MakeShown,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one_attempt = {"MAX_ATTEMPTS": 1, "BATCH_SIZE": 4}
    with stage.worker(vrs=one_attempt, REDIS_URL=redis.url):
        with transaction.atomic():  # one bell, one batch
            make_shown(marked("waits"), *(shape(seed=seed) for seed in range(3)))
        wait_until(lambda: stage.runs("waits") == 1)
        monkeypatch.setattr(enqueue, "INTERVAL", 0.0)
        for seed in range(10):
            make_shown(shape("bars", seed=seed))
        assert in_queue() >= 10
        redis.kill()
        make_shown(shape("triangle"))
        redis.start()
        assert in_queue() == 0
        stage.open_gate()
        sweep_until(lambda: states() == {"ready": 15}, seconds=60)
