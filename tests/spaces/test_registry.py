import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from vrs_app import embedders, spaces
from vrs_app.conf import conf
from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.exceptions import EmbedderUnavailable, SpaceRefused
from vrs_app.indexing import worker
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage
from vrs_app.queries import similar_to
from vrs_app.spaces import registry
from vrs_app.vision import Pixels

from ..comparing import invalidate_files
from ..conftest import EmbedAll, MakeShown
from ..crashing import LOCK, holding, stops_at, waiting_for
from ..processes import wait_until
from ..shapes import shape

pytestmark = pytest.mark.django_db

DEFAULT_LOCK_TIMEOUT = registry.LOCK_TIMEOUT


class Other(HandcraftedEmbedder):
    """Another model: each of its vectors points the other way."""

    weights_digest = "other"

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return -super().embed(pictures)


@pytest.fixture
def first(db: None) -> EmbeddingSpace:
    return spaces.space_of(conf.EMBEDDER, embedders.configured())


@pytest.fixture
def second(first: EmbeddingSpace) -> EmbeddingSpace:
    return spaces.space_of(f"{__name__}.Other", Other())


def index_definition(space: EmbeddingSpace) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = %s", [spaces.index_name(space)]
        )
        row = cursor.fetchone()
    return row[0] if row else ""


def test_the_first_space_is_active_at_once_and_the_next_is_built_beside_it(
    first: EmbeddingSpace, second: EmbeddingSpace
) -> None:
    assert spaces.active() == first
    assert second.state == "building"


def test_the_same_embedder_is_the_same_space(first: EmbeddingSpace) -> None:
    assert spaces.space_of(conf.EMBEDDER, embedders.configured()) == first


def test_other_weights_or_options_are_another_space(first: EmbeddingSpace) -> None:
    class Heavier(HandcraftedEmbedder):
        weights_digest = "abc"

    class Wider(HandcraftedEmbedder):
        options = {"image_size": 300}  # noqa: RUF012

    found = {first.pk, *(spaces.space_of(conf.EMBEDDER, kind()).pk for kind in (Heavier, Wider))}
    assert len(found) == 3


def test_only_one_space_is_ever_active(first: EmbeddingSpace, second: EmbeddingSpace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EmbeddingSpace.objects.filter(pk=second.pk).update(state="active")


@pytest.mark.django_db(transaction=True)
def test_a_switch_and_a_switch_back_recompute_nothing(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    products = [make_shown(shape(seed=seed)) for seed in range(4)]
    embed_all()
    old = spaces.active()
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Other"}
    assert embed_all() == 4
    new = EmbeddingSpace.objects.get(state="building")
    for space in (new, old):
        assert space is not None
        spaces.activate(space)
        assert spaces.active() == space
        assert len(similar_to(products[0])) == 3


def test_an_index_that_a_restored_backup_left_is_not_taken_for_the_spaces_own(
    first: EmbeddingSpace,
) -> None:
    again = EmbeddingSpace(pk=first.pk + 1000, dimensions=3)
    spaces.create_index(again)
    again.dimensions = 5
    spaces.create_index(again)
    assert "halfvec(5)" in index_definition(again)


def test_each_space_has_an_index_of_its_own_dimensions(
    first: EmbeddingSpace, second: EmbeddingSpace
) -> None:
    definition = index_definition(first)
    assert "hnsw" in definition
    assert "halfvec(1728)" in definition
    assert f"space_id = {first.pk}" in definition
    assert index_definition(second)


@pytest.mark.django_db(transaction=True)
def test_a_lost_index_is_built_again(first: EmbeddingSpace) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {spaces.index_name(first)}")
    assert not index_definition(first)
    spaces.rebuild_index(first)
    assert index_definition(first)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_start_together_make_one_space() -> None:
    def start(_: int) -> int:
        try:
            return spaces.space_of(conf.EMBEDDER, embedders.configured()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(start, range(2)))) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_first_spaces_that_are_made_at_once_one_is_active() -> None:
    def start(kind: type[HandcraftedEmbedder]) -> int:
        try:
            return spaces.space_of(f"{__name__}.{kind.__name__}", kind()).pk
        finally:
            connection.close()

    activating = "NEW.state = 'active'"
    with stops_at("UPDATE", "vrs_app_embeddingspace", activating), ThreadPoolExecutor(2) as pool:
        with holding(f"SELECT pg_advisory_lock({LOCK})") as holder:
            made = [pool.submit(start, kind) for kind in (HandcraftedEmbedder, Other)]
            wait_until(lambda: len(waiting_for(holder)) == 2)
        assert len({each.result(30) for each in made}) == 2
    states = EmbeddingSpace.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["active", "building"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_new_space_stands_in_no_ones_way_and_comes_a_minute_later(
    make_shown: MakeShown,
    embed_all: EmbedAll,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While the shop's own transaction has deleted a product, and is not over."""
    monkeypatch.setattr(registry, "LOCK_TIMEOUT", DEFAULT_LOCK_TIMEOUT)
    first, second = (make_shown(shape(seed=seed)) for seed in range(2))
    embed_all()
    shown = spaces.active()
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Other"}
    image = IndexedImage.objects.get(product=first)
    deleting = f"DELETE FROM vrs_app_imageembedding WHERE image_id = {image.pk}"
    with ThreadPoolExecutor(1) as elsewhere, holding(deleting) as holder:
        make_shown(shape("bars"))
        working = elsewhere.submit(embedded_elsewhere)
        wait_until(lambda: bool(waiting_for(holder)))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            second.delete()
        batch = working.result(30)
        assert (batch.ready, spaces.active()) == (1, shown), "the shown space is filled meanwhile"
        assert "tried again in a minute" in batch.problem
        monkeypatch.setattr(registry, "LOCK_TIMEOUT", "60s")
        began = time.monotonic()
        assert "tried again in a minute" in worker.embed_batch().problem
        assert time.monotonic() - began < 30, "nobody waits a second time within that minute"
    assert EmbeddingSpace.objects.count() == 1
    monkeypatch.setattr(registry, "_not_before", 0.0)
    assert worker.embed_batch().problem == ""
    assert EmbeddingSpace.objects.count() == 2


def embedded_elsewhere() -> worker.Batch:
    try:
        return worker.embed_batch()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_there", [True, False])
def test_products_are_deleted_while_an_index_is_being_built(
    make_shown: MakeShown, embed_all: EmbedAll, is_there: bool
) -> None:
    product = make_shown(shape())
    embed_all()
    space = spaces.active()
    assert space is not None
    if not is_there:
        spaces.drop_index(space)

    def rebuild() -> None:
        try:
            spaces.rebuild_index(space)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        with holding("LOCK TABLE vrs_app_imageembedding IN ROW EXCLUSIVE MODE") as holder:
            built = elsewhere.submit(rebuild)
            wait_until(lambda: bool(waiting_for(holder)))
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
                product.delete()
            with pytest.raises(SpaceRefused, match="Another process builds an index"):
                spaces.rebuild_index(space)
            assert not built.done()
        built.result(30)
    assert spaces.has_valid_index(space)


@pytest.mark.django_db(transaction=True)
def test_a_switch_never_mixes_vectors_of_two_spaces(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    product, twin = make_shown(shape(seed=1)), make_shown(shape(seed=2))
    embed_all()
    settings.VRS = {**settings.VRS, "EMBEDDER": f"{__name__}.Other"}
    embed_all()
    new = EmbeddingSpace.objects.get(state="building")
    ImageEmbedding.objects.filter(space=new, image__product=twin).delete()
    assert [item.product for item in similar_to(product)] == [twin]
    spaces.activate(new)
    assert similar_to(product) == []


@pytest.mark.django_db(transaction=True)
def test_new_bytes_are_not_shown_by_an_old_vector_of_another_space(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    product, twin = make_shown(shape(seed=1)), make_shown(shape(seed=2))
    embed_all()
    row = IndexedImage.objects.get(product=twin)
    invalidate_files([twin], [row.name])
    # As if a worker that fills another space had read the new bytes first.
    IndexedImage.objects.filter(pk=row.pk).update(digest="f" * 64)
    assert similar_to(product) == []


class WithOptions(HandcraftedEmbedder):
    """Takes a list among its options, as JSON allows."""

    def __init__(self, layers: list[int]) -> None:
        self.layers = layers

    @classmethod
    def arguments_from_settings(cls) -> dict[str, Any]:
        return {"layers": [3, 4]}

    @property
    def options(self) -> dict[str, Any]:
        return {"layers": self.layers}


class Changed(HandcraftedEmbedder):
    """Has options that its constructor does not take any more."""

    options = {"version": 2}  # noqa: RUF012


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("former", "is_kept"), [("WithOptions", True), ("Changed", False)])
def test_a_former_embedder_is_kept_up_where_it_can_be_had_and_never_in_the_way(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings, former: str, is_kept: bool
) -> None:
    chosen = settings.VRS
    settings.VRS = {**chosen, "EMBEDDER": f"{__name__}.{former}"}
    make_shown(shape("disc"))
    assert embed_all() == 1
    settings.VRS = chosen
    make_shown(shape("bars"))
    assert embed_all() == (3 if is_kept else 2)


def test_more_dimensions_than_an_index_takes_are_refused(db: None) -> None:
    class Huge(HandcraftedEmbedder):
        dimensions = 5000

    with pytest.raises(EmbedderUnavailable, match="5000 numbers; an index takes 4000"):
        spaces.space_of("a.Huge", Huge())
