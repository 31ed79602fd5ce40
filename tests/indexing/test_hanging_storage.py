"""A storage that hangs while it gives a file costs no picture its attempts, and starves none."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import FileSystemStorage

from vrs_app.conf import conf
from vrs_app.indexing import claims, image_rows, results, worker
from vrs_app.indexing.claims import Claim
from vrs_app.infra.heartbeats import Part
from vrs_app.models import EmbeddingSpace, Heartbeat, ImageEmbedding, IndexedImage
from vrs_app.spaces import active

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape
from .reconcile.conftest import is_served, let_hangs_be_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of files that hang until the time limit is met."""
    names: list[str] = []
    real = FileSystemStorage._open  # type: ignore[attr-defined]

    def open(self: FileSystemStorage, name: str, mode: str = "rb") -> Any:
        if name in names:
            raise SoftTimeLimitExceeded
        return real(self, name, mode)

    monkeypatch.setattr(FileSystemStorage, "_open", open)
    return names


@pytest.fixture
def images(make_shown: MakeShown, embed_all: EmbedAll) -> list[IndexedImage]:
    make_shown(*(shape(seed=seed) for seed in range(6)))
    assert embed_all() == 6
    image_rows.requeue(IndexedImage.objects.all())
    return list(IndexedImage.objects.order_by("pk"))


@pytest.fixture
def space(images: list[IndexedImage]) -> EmbeddingSpace:
    found = active()
    assert found is not None
    return found


def embed_until_it_hangs() -> None:
    with pytest.raises(SoftTimeLimitExceeded):
        worker.embed_batch()


def lose_the_worker() -> None:
    ImageEmbedding.objects.filter(lease_token__isnull=False).update(lease_until=None)


def problem() -> str:
    return Heartbeat.objects.get(part=Part.WORKER).problem


def test_all_wait_while_all_hang_and_are_ready_when_nothing_does(
    images: list[IndexedImage], hanging: list[str], embed_all: EmbedAll
) -> None:
    hanging += [image.name for image in images]
    for _ in range(2):
        embed_until_it_hangs()
    assert worker.embed_batch().problem.startswith("The storage takes too long to give")
    for _ in range(2 * conf.MAX_ATTEMPTS):
        let_hangs_be_over()
        embed_until_it_hangs()
    rows = ImageEmbedding.objects.all()
    assert {*rows.values_list("state", "attempts")} == {("waiting", 0)}
    assert all(map(is_served, images))
    hanging.clear()
    let_hangs_be_over()
    assert embed_all() == 6
    assert problem() == ""


def test_one_file_that_hangs_holds_up_no_other_and_is_tried_again_rarely(
    images: list[IndexedImage], hanging: list[str], embed_all: EmbedAll
) -> None:
    hanging.append(images[2].name)
    embed_until_it_hangs()
    assert hanging[0] in problem()
    assert embed_all() == 5
    assert hanging[0] in problem(), "it is told as long as it waits"
    assert worker.embed_batch().more_wait is False
    let_hangs_be_over()
    embed_until_it_hangs()
    assert worker.embed_batch().more_wait is False
    hanging.clear()
    let_hangs_be_over()
    assert embed_all() == 1


def test_new_pictures_are_embedded_while_others_hang(
    images: list[IndexedImage], hanging: list[str], make_shown: MakeShown
) -> None:
    hanging += [image.name for image in images]
    for _ in range(2):
        embed_until_it_hangs()
    for seed in range(3):
        make_shown(shape("bars", seed=seed))
        assert worker.embed_batch().ready == 1


def test_a_worker_that_is_killed_while_it_reads_costs_no_attempt_however_often(
    space: EmbeddingSpace, embed_all: EmbedAll
) -> None:
    for _ in range(conf.MAX_ATTEMPTS + 2):
        claims.claim_batch(space)
        lose_the_worker()
    assert not ImageEmbedding.objects.filter(state="failed").exists()
    assert embed_all() == 6


def test_after_a_first_loss_each_picture_is_read_alone_and_at_once(
    space: EmbeddingSpace,
) -> None:
    assert len(claims.claim_batch(space)) == 6
    lose_the_worker()
    assert [len(claims.claim_batch(space)) for _ in range(7)] == [1] * 6 + [0]


def test_what_kills_its_worker_each_time_it_is_read_goes_after_all_other_work(
    space: EmbeddingSpace, make_shown: MakeShown
) -> None:
    claims.claim_batch(space)
    lose_the_worker()
    [poison] = claims.claim_batch(space)
    ImageEmbedding.objects.exclude(pk=poison.embedding_id).update(lease_token=None)
    lose_the_worker()
    make_shown(shape("bars"))
    assert poison.embedding_id not in {one.embedding_id for one in claims.claim_batch(space)}
    assert claims.claim_batch(space) == [poison_again(poison)]


def poison_again(poison: Claim) -> Claim:
    """The same picture's claim, with the token that it has now."""
    row = ImageEmbedding.objects.get(pk=poison.embedding_id)
    assert row.lease_token is not None
    return Claim(
        embedding_id=poison.embedding_id,
        image_id=poison.image_id,
        product_id=poison.product_id,
        name=poison.name,
        token=row.lease_token,
    )


def test_a_picture_whose_decoding_is_lost_is_given_up_also_where_its_reading_was(
    space: EmbeddingSpace, images: list[IndexedImage]
) -> None:
    IndexedImage.objects.exclude(pk=images[0].pk).delete()
    for _ in range(conf.MAX_ATTEMPTS):
        for begin in (len, claims.begin_decoding):
            claimed = claims.claim_batch(space)
            begin(claimed)
            lose_the_worker()
    assert claims.claim_batch(space) == []
    row = ImageEmbedding.objects.get()
    assert (row.state, row.error_code, row.attempts) == ("failed", "worker_lost", 3)


@pytest.mark.parametrize(
    ("release", "attempts"), [(claims.release, 0), (claims.release_as_suspect, 1)]
)
def test_of_a_batch_partly_read_only_what_was_decoded_can_be_at_fault(
    space: EmbeddingSpace, release: Callable[[list[Claim]], None], attempts: int
) -> None:
    first, *others = claims.claim_batch(space)
    claims.begin_decoding([first])
    release([first, *others])
    decoded = ImageEmbedding.objects.get(pk=first.embedding_id)
    unread = ImageEmbedding.objects.exclude(pk=first.embedding_id)
    assert decoded.attempts == attempts
    assert {*unread.values_list("attempts", flat=True)} == {0}


def test_files_are_read_ahead_within_a_bound(
    images: list[IndexedImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    begin = claims.begin_decoding

    def counted(files: dict[Claim, bytes]) -> None:
        begun.append(len(files))
        begin(files)

    monkeypatch.setattr(results, "begin_decoding", counted)
    monkeypatch.setattr(results, "READ_AHEAD_BYTES", 2 * len(shape(seed=1)))
    assert worker.embed_batch().ready == 6
    assert sum(begun) == 6
    assert max(begun) <= 3


def test_a_slow_storage_leaves_what_it_has_not_given_in_time_to_the_next_batch(
    images: list[IndexedImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [0.0]
    real = FileSystemStorage._open  # type: ignore[attr-defined]

    def open_slowly(*arguments: Any) -> Any:
        late[0] += conf.BATCH_TIME_LIMIT / 3
        return real(*arguments)

    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + late[0])
    monkeypatch.setattr(results, "time", clock)
    monkeypatch.setattr(FileSystemStorage, "_open", open_slowly)
    assert [worker.embed_batch().ready for _ in range(3)] == [2, 2, 2]
    assert {*ImageEmbedding.objects.values_list("attempts", flat=True)} == {1}
