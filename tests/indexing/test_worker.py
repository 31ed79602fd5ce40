"""A batch from claim to stored vector, with a real database and real files."""

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F
from pytest_django import Settings

from vrs_app import embedders
from vrs_app.catalogue import catalogue
from vrs_app.conf import conf
from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.exceptions import EmbedderUnavailable
from vrs_app.indexing import image_rows, storing, worker
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Heartbeat, ImageEmbedding, IndexedImage, ProductText
from vrs_app.vision import Pixels, dominant_colours

from ..comparing import invalidate_files, sync_all
from ..conftest import EmbedAll, MakeShown
from ..shapes import shape
from ..vectors import stored

pytestmark = pytest.mark.django_db


class Failing(HandcraftedEmbedder):
    """Raises `error` once, then works."""

    error: BaseException | None = None

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        error, type(self).error = type(self).error, None
        if error:
            raise error
        return super().embed(pictures)


class Homeless(HandcraftedEmbedder):
    """Cannot be had while `is_away`."""

    is_away = True

    def __init__(self) -> None:
        if type(self).is_away:
            raise EmbedderUnavailable("The weights are away.")


@pytest.fixture
def failing(settings: Settings) -> type[Failing]:
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Failing"}
    embedders._load.cache_clear()
    return Failing


def states() -> dict[str, int]:
    found = list(ImageEmbedding.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in set(found)}


def test_a_batch_embeds_what_waits(make_shown: MakeShown) -> None:
    for seed in range(3):
        make_shown(shape(seed=seed))
    batch = worker.embed_batch()
    assert (batch.ready, batch.failed, batch.more_wait, batch.problem) == (3, 0, False, "")
    row = ImageEmbedding.objects.first()
    assert row is not None
    assert np.linalg.norm(stored(row)) == pytest.approx(1, abs=1e-3)


def test_more_than_a_batch_says_that_more_wait(make_shown: MakeShown, settings: Settings) -> None:
    settings.VRS = {**settings.VRS, "BATCH_SIZE": 2}
    make_shown(*(shape(seed=seed) for seed in range(3)))
    assert [worker.embed_batch().more_wait for _ in range(2)] == [True, False]


def test_a_bad_picture_fails_alone_and_a_new_file_tries_again(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(shape("disc"), shape("bars")[:600], shape("stripes"))
    assert embed_all() == 2
    failed = ImageEmbedding.objects.select_related("image").get(state="failed")
    assert failed.error_code == "damaged"
    assert embed_all() == 0
    invalidate_files([product], [failed.image.name])
    Path(product.images.all()[1].image.path).write_bytes(shape("bars"))
    assert embed_all() == 1
    assert states() == {"ready": 3}


def test_a_picture_without_content_is_refused(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    from io import BytesIO

    from PIL import Image

    white = BytesIO()
    Image.new("RGB", (50, 50), "white").save(white, "PNG")
    make_shown(white.getvalue())
    assert embed_all() == 0
    row = ImageEmbedding.objects.get()
    assert (row.state, row.error_code, row.vector) == ("failed", "no_content", None)


def test_a_lost_file_fails_and_says_so(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    product = make_shown(shape("disc"), shape("bars"))
    Path(product.images.all()[0].image.path).unlink()
    assert embed_all() == 1
    assert ImageEmbedding.objects.get(state="failed").error_code == "missing"


def test_a_storage_that_is_gone_costs_no_attempt_and_heals(
    make_shown: MakeShown, embed_all: EmbedAll, media: Path
) -> None:
    make_shown(shape("disc"), shape("bars"))
    shutil.move(media, media.with_name("unmounted"))
    batch = worker.embed_batch()
    assert "Mount it" in batch.problem
    assert set(ImageEmbedding.objects.values_list("attempts", "state")) == {(0, "waiting")}
    assert "Mount it" in Heartbeat.objects.get(part=Part.WORKER).problem
    shutil.move(media.with_name("unmounted"), media)
    assert embed_all() == 2
    assert Heartbeat.objects.get(part=Part.WORKER).problem == ""


def test_missing_weights_cost_no_attempt_and_heal(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Homeless"}
    make_shown(shape())
    assert worker.embed_batch().problem == "The weights are away."
    assert not ImageEmbedding.objects.exists()
    assert Heartbeat.objects.get(part=Part.WORKER).problem == "The weights are away."
    Homeless.is_away = False
    assert embed_all() == 1
    Homeless.is_away = True


@pytest.mark.django_db(transaction=True)
def test_shoppers_space_goes_on_being_filled_while_new_weights_are_missing(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    make_shown(shape("disc"))
    embed_all()
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Homeless"}
    make_shown(shape("bars"))
    batch = worker.embed_batch()
    assert (batch.ready, batch.problem) == (1, "The weights are away.")
    assert states() == {"ready": 2}


class Pointless(HandcraftedEmbedder):
    """Finds nothing in any picture, each time in another way."""

    lengths = iter([0.0, np.nan, 1e-9, 1e9])

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return np.stack([np.full(self.dimensions, next(self.lengths)) for _ in pictures])


def test_a_vector_without_a_direction_is_never_stored(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Pointless"}
    make_shown(*(shape(seed=seed) for seed in range(4)))
    assert embed_all() == 0
    rows = ImageEmbedding.objects.values_list("state", "error_code", "vector")
    assert set(rows) == {("failed", "no_content", None)}


@pytest.mark.parametrize("error", [RuntimeError("no memory"), ValueError("a fault")])
def test_an_unknown_error_leaves_each_picture_to_be_tried_alone(
    make_shown: MakeShown, embed_all: EmbedAll, failing: type[Failing], error: Exception
) -> None:
    make_shown(shape("disc"), shape("bars"))
    failing.error = error
    with pytest.raises(type(error)):
        worker.embed_batch()
    assert worker.embed_batch().ready == 1
    assert embed_all() == 1


@pytest.mark.parametrize(
    ("error", "code", "detail"),
    [
        (RuntimeError("no such layer"), "not_embedded", "RuntimeError: no such layer"),
        (MemoryError(), "worker_lost", ""),
    ],
)
def test_a_picture_that_the_embedder_fails_at_each_time_is_given_up_with_the_true_reason(
    make_shown: MakeShown, failing: type[Failing], error: Exception, code: str, detail: str
) -> None:
    make_shown(shape())
    for _ in range(conf.MAX_ATTEMPTS):
        failing.error = error
        with pytest.raises(type(error)):
            worker.embed_batch()
    worker.embed_batch()
    row = ImageEmbedding.objects.get()
    assert (row.state, row.error_code, row.error_detail) == ("failed", code, detail)
    image_rows.requeue(IndexedImage.objects.all())
    assert worker.embed_batch().ready == 1
    assert ImageEmbedding.objects.get().error_detail == ""


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_cut_while_results_are_stored_costs_no_attempt(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(shape("disc"), shape("bars"))

    def cut(*arguments: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as broken:
        broken.setattr(storing, "finish", cut)
        with pytest.raises(OperationalError):
            worker.embed_batch()
    assert set(ImageEmbedding.objects.values_list("attempts", "lease_token")) == {(0, None)}
    assert worker.embed_batch().ready == 2


def test_a_worker_told_to_stop_gives_the_attempts_back(
    make_shown: MakeShown, failing: type[Failing]
) -> None:
    make_shown(shape("disc"), shape("bars"))
    failing.error = SystemExit()
    with pytest.raises(SystemExit):
        worker.embed_batch()
    held = set(ImageEmbedding.objects.values_list("attempts", "lease_token"))
    assert held == {(0, None)}
    assert worker.embed_batch().ready == 2


def test_embedding_unchanged_bytes_again_serves_the_old_vector_meanwhile(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape())
    embed_all()
    image_rows.requeue(IndexedImage.objects.all())
    served = ImageEmbedding.objects.filter(ImageEmbedding.is_servable())
    assert served.exists()
    assert embed_all() == 1
    assert served.exists()


def test_the_worker_stores_the_upright_size(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    Image.effect_noise((80, 40), 90).save(file, "JPEG", exif=exif)
    make_shown(file.getvalue())
    embed_all()
    row = IndexedImage.objects.get()
    assert (row.width, row.height) == (40, 80)


def test_one_file_that_the_storage_refuses_holds_up_no_other_and_heals(
    make_shown: MakeShown, embed_all: EmbedAll, refused: list[str]
) -> None:
    make_shown(*(shape(seed=seed) for seed in range(4)))
    refused.append(IndexedImage.objects.order_by("pk")[0].name)
    assert embed_all() == 3
    assert states() == {"ready": 3, "waiting": 1}
    assert "Permission denied" in Heartbeat.objects.get(part=Part.WORKER).problem
    refused.clear()
    assert embed_all() == 1


def test_a_storage_that_goes_away_amidst_a_batch_fails_no_picture(
    make_shown: MakeShown, embed_all: EmbedAll, refused: list[str]
) -> None:
    make_shown(*(shape(seed=seed) for seed in range(6)))
    refused += [row.name for row in IndexedImage.objects.order_by("pk")[2:]]
    assert embed_all() == 2
    refused.clear()
    assert embed_all() == 4


@pytest.mark.django_db(transaction=True)
def test_a_refused_file_does_not_keep_another_space_from_being_built(
    make_shown: MakeShown, embed_all: EmbedAll, refused: list[str], settings: Settings
) -> None:
    make_shown(*(shape(seed=seed) for seed in range(3)))
    refused.append(IndexedImage.objects.order_by("pk")[0].name)
    embed_all()
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Failing"}
    assert embed_all() == 2


def test_a_worker_that_fails_at_every_bell_is_told_of(
    make_shown: MakeShown, failing: type[Failing]
) -> None:
    make_shown(shape())
    failing.error = RuntimeError("no memory")
    with pytest.raises(RuntimeError):
        worker.embed_batch()
    assert "no memory" in Heartbeat.objects.get(part=Part.WORKER).problem


def test_what_was_given_back_takes_its_next_turn_last(
    make_shown: MakeShown, refused: list[str], settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "BATCH_SIZE": 1}
    make_shown(*(shape(seed=seed) for seed in range(3)))
    refused.append(IndexedImage.objects.order_by("pk")[0].name)
    assert "Permission denied" in worker.embed_batch().problem
    assert [worker.embed_batch().ready for _ in range(2)] == [1, 1]
    assert worker.embed_batch().problem


def test_what_shoppers_are_not_served_yet_goes_before_what_is_embedded_once_more(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    make_shown(shape(), shape("bars"))
    embed_all()
    IndexedImage.objects.update(revision=F("revision") + 1)
    changed = IndexedImage.objects.order_by("-pk")[0]
    image_rows.invalidate(IndexedImage.objects.filter(pk=changed.pk))
    new = IndexedImage.objects.get(product=make_shown(shape("triangle")))
    settings.VRS = {**settings.VRS, "BATCH_SIZE": 2}
    assert worker.embed_batch().ready == 2
    left = ImageEmbedding.objects.filter(ImageEmbedding.is_waiting())
    assert {row.image_id for row in left}.isdisjoint({new.pk, changed.pk})
    assert left.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_the_shop_is_changing_is_not_worked_at_meanwhile(
    make_shown: MakeShown,
) -> None:
    product = make_shown(shape())

    def work() -> worker.Batch:
        try:
            return worker.embed_batch()
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as elsewhere:
        invalidate_files([product.pk], [IndexedImage.objects.get().name])
        batch = elsewhere.submit(work).result(20)
    assert (batch.ready, batch.more_wait) == (0, False)


@pytest.mark.django_db(transaction=True)
def test_a_worker_fills_the_active_space_and_the_one_being_built(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings, failing: Any
) -> None:
    settings.VRS = {
        **settings.VRS,
        "EMBEDDER": HandcraftedEmbedder.__module__ + ".HandcraftedEmbedder",
    }
    make_shown(shape("disc"))
    embed_all()
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Failing"}
    make_shown(shape("bars"))
    embed_all()
    vectors = ImageEmbedding.objects.values_list("space__state", flat=True)
    assert sorted(vectors) == ["active", "active", "building", "building"]


@pytest.mark.django_db(transaction=True)
def test_bytes_that_no_signal_told_of_wait_in_every_space(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    product = make_shown(shape("disc"))
    embed_all()
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Failing"}
    Path(product.images.get().image.path).write_bytes(shape("bars"))
    embed_all()
    servable = ImageEmbedding.objects.filter(ImageEmbedding.is_servable())
    assert sorted(servable.values_list("space__state", flat=True)) == ["active", "building"]


# --- colours -----------------------------------------------------------------------------------


def test_a_finished_picture_is_found_by_its_colour(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(shape("disc", "#c01f2a"))
    embed_all()
    assert next(iter(IndexedImage.objects.get().colours)) == "red"
    assert "'red'" in str(ProductText.objects.get(product=product).words)


def failing_measuring(pixels: Pixels) -> dict[str, float]:
    raise ValueError("no colour")


def test_a_fault_in_measuring_fails_no_picture(
    make_shown: MakeShown, embed_all: EmbedAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(shape())
    monkeypatch.setattr(dominant_colours, "measured", failing_measuring)
    assert embed_all() == 1
    assert IndexedImage.objects.get().colours == {}


def test_a_fault_in_the_words_fails_no_picture(
    make_shown: MakeShown, embed_all: EmbedAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shown(shape("disc", "#c01f2a"))
    with monkeypatch.context() as broken:
        broken.setattr(catalogue(), "text", lambda product: 1 / 0)
        assert embed_all() == 1
    assert sync_all().words == 1, "reconciling mends it"
    assert "'red'" in str(ProductText.objects.get().words)
