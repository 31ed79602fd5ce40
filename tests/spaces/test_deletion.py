"""A former space goes while the shop is open, and in whatever step that is cut short."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, connections, transaction
from pytest_django import Settings

from shop.models import Product
from vrs_app import spaces
from vrs_app.conf import conf
from vrs_app.exceptions import SpaceRefused
from vrs_app.indexing import claims
from vrs_app.models import EmbeddingSpace, ImageEmbedding
from vrs_app.queries import similar_to
from vrs_app.spaces import activation, deletion, pending

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..crashing import (
    LOCK,
    holding,
    killed_while_it_waits,
    settled,
    stops_at,
    succeeded,
    waiting_for,
)
from ..processes import wait_until
from ..shapes import shape
from ..two_spaces import COLOUR, SHAPE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def few(make_shown: MakeShown, embed_all: EmbedAll) -> LookAlikes:
    """Four products of each of two shapes, all embedded."""
    made = {
        kind: [make_shown(shape(kind, seed=seed)) for seed in range(4)]
        for kind in ("disc", "bars")
    }
    assert embed_all() == 8
    return made


@pytest.fixture
def former(few: LookAlikes, embed_all: EmbedAll, settings: Settings) -> EmbeddingSpace:
    """A retired space of 8 pictures; shoppers see another one, which the settings name."""
    space = spaces.active()
    assert space is not None
    settings.VRS = settings.VRS | {"EMBEDDER": SHAPE}
    assert embed_all() == 8
    activation.switch(EmbeddingSpace.objects.get(state="building").pk)
    space.refresh_from_db()
    return space


def is_gone(space: EmbeddingSpace) -> bool:
    return not (
        EmbeddingSpace.objects.filter(pk=space.pk).exists()
        or ImageEmbedding.objects.filter(space=space.pk).exists()
        or spaces.index_bytes(space)
    )


def assert_shop_is_as_before(few: LookAlikes) -> None:
    for products in few.values():
        found = {item.product for item in similar_to(products[0], limit=3)}
        assert found == {*products[1:]}


@pytest.mark.slow
def test_it_goes_with_its_vectors_and_its_index_and_nothing_else_does(
    former: EmbeddingSpace, few: LookAlikes
) -> None:
    found = deletion.size_of(former)
    assert (found.rows, found.vectors) == (8, 8)
    assert found.vector_bytes == 8 * (8 + 2 * former.dimensions)
    assert found.index_bytes > found.vector_bytes
    told: list[int] = []
    deletion.drop(former, told.append)
    assert sum(told) == 8
    assert is_gone(former)
    assert ImageEmbedding.objects.count() == 8
    assert_shop_is_as_before(few)


@pytest.mark.slow
def test_in_chunks_it_goes_all_the_same(
    former: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "DELETE_BATCH_SIZE", 3)
    told: list[int] = []
    deletion.drop(former, told.append)
    assert told == [3, 3, 2]
    assert is_gone(former)


class TestRefused:
    @pytest.mark.slow
    def test_what_shoppers_see(self, former: EmbeddingSpace) -> None:
        active = spaces.active()
        assert active is not None
        with pytest.raises(SpaceRefused, match=r"Shoppers see space .* vrs_switch"):
            deletion.require_droppable(active)

    @pytest.mark.slow
    def test_what_a_worker_would_make_again(
        self, former: EmbeddingSpace, settings: Settings
    ) -> None:
        deletion.require_droppable(former)
        settings.VRS = settings.VRS | {"EMBEDDER": former.embedder}
        with pytest.raises(SpaceRefused, match="what the settings name"):
            deletion.require_droppable(former)

    @pytest.mark.slow
    def test_what_is_being_built(
        self, former: EmbeddingSpace, embed_all: EmbedAll, settings: Settings
    ) -> None:
        settings.VRS = settings.VRS | {"EMBEDDER": COLOUR}
        embed_all()
        building = EmbeddingSpace.objects.get(state="building")
        with pytest.raises(SpaceRefused, match="what the settings name"):
            deletion.require_droppable(building)
        settings.VRS = settings.VRS | {"EMBEDDER": SHAPE}  # given up
        deletion.require_droppable(building)
        deletion.drop(building)
        assert is_gone(building)

    @pytest.mark.slow
    def test_what_a_worker_with_other_settings_has_in_hand(
        self, former: EmbeddingSpace, make_shown: MakeShown
    ) -> None:
        make_shown(shape("bars", seed=9))
        [claim] = claims.claim_batch(former)
        with pytest.raises(SpaceRefused, match="A worker is filling space"):
            deletion.require_droppable(former)
        claims.release([claim])
        deletion.require_droppable(former)

    @pytest.mark.slow
    def test_what_somebody_shows_again_amidst(
        self, former: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch, embed_all: EmbedAll
    ) -> None:
        monkeypatch.setattr(deletion, "DELETE_BATCH_SIZE", 3)
        with pytest.raises(SpaceRefused, match="let shoppers see space"):
            deletion.drop(former, lambda count: activation.switch(former.pk, incomplete=True))
        assert spaces.active() == former
        assert ImageEmbedding.objects.filter(space=former).count() == 5
        assert embed_all() == 3

    @pytest.mark.slow
    def test_what_is_dropped_already(self, former: EmbeddingSpace) -> None:
        deletion.drop(former)
        with pytest.raises(SpaceRefused, match="There is no space"):
            deletion.drop(former)


@pytest.mark.slow
def test_of_weights_that_lie_in_one_place_the_newest_are_what_the_settings_name(
    former: EmbeddingSpace, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"EMBEDDER": "vrs_app.embedders.resnet50.ResNet50Embedder"}
    older, newer = (
        EmbeddingSpace.objects.create(
            embedder=conf.EMBEDDER,
            options={"image_size": conf.IMAGE_SIZE},
            weights=conf.WEIGHTS,
            weights_digest=digest,
            dimensions=2048,
        )
        for digest in ("one", "two")
    )
    assert [spaces.is_named_by_settings(each) for each in (former, older, newer)] == [
        False,
        False,
        True,
    ]
    settings.VRS = settings.VRS | {"IMAGE_SIZE": conf.IMAGE_SIZE + 1}
    assert not spaces.is_named_by_settings(newer)
    settings.VRS = settings.VRS | {"EMBEDDER": "nowhere.Gone"}
    assert not spaces.is_named_by_settings(newer)


# --- beside an open shop ---------------------------------------------------------------------


@pytest.mark.slow
def test_the_shop_never_waits_for_it_and_it_waits_for_the_shop(
    former: EmbeddingSpace, few: LookAlikes
) -> None:
    """A product on its way out holds rows of the space, and wants more of them meanwhile."""
    first, second = few["bars"][-1], few["disc"][0]
    rows = ImageEmbedding.objects.filter(space=former)
    with ThreadPoolExecutor(1) as elsewhere:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            first.delete()
            dropped = elsewhere.submit(on_its_own, deletion.drop, former)
            wait_until(lambda: rows.count() <= 1)
            assert not dropped.done()
            second.delete()
        dropped.result(30)
    assert is_gone(former)


@pytest.mark.slow
def test_a_worker_that_takes_a_picture_at_the_last_moment_keeps_nothing_of_it(
    former: EmbeddingSpace, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape("bars", seed=9))
    assert embed_all() == 1
    with (
        stops_at("DELETE", "vrs_app_embeddingspace", "true"),
        ThreadPoolExecutor(2) as elsewhere,
    ):
        with holding(f"SELECT pg_advisory_lock({LOCK})") as holder:
            dropped = elsewhere.submit(on_its_own, deletion.drop, former)
            wait_until(lambda: bool(waiting_for(holder)))
            [dropping_it] = waiting_for(holder)
            claimed = elsewhere.submit(on_its_own, claims.claim_batch, former)
            wait_until(lambda: bool(waiting_for(dropping_it)))
        dropped.result(30)
        with pytest.raises(IntegrityError):
            claimed.result(30)
    assert is_gone(former)
    assert embed_all() == 0, "which harms nothing else"


def on_its_own(work: Callable[[EmbeddingSpace], object], space: EmbeddingSpace) -> None:
    """On a connection of its own, which is closed again."""
    try:
        work(space)
    finally:
        connections.close_all()


# --- killed amidst ---------------------------------------------------------------------------

SMALL = "from vrs_app.spaces import deletion; deletion.DELETE_BATCH_SIZE = 3"


@pytest.fixture
def drop_it(former: EmbeddingSpace, tmp_path: Path) -> tuple[Path, str, str, str]:
    return tmp_path / "log", "vrs_drop", str(former.pk), "--no-input"


@pytest.mark.slow
@pytest.mark.parametrize("cut", [True, False], ids=["with its connection", "alone"])
def test_killed_while_it_drops_the_index(
    former: EmbeddingSpace,
    few: LookAlikes,
    drop_it: tuple[Path, str, str, str],
    cut: bool,
) -> None:
    reading = "SELECT count(*) FROM vrs_app_imageembedding"
    with (
        holding(reading) as holder,
        killed_while_it_waits(holder, *drop_it, cut=cut, setup=SMALL, EMBEDDER=SHAPE),
    ):
        assert_shop_is_as_before(few)
    settled()
    assert not spaces.has_valid_index(former)
    assert_can_be_finished(former, few, drop_it)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "row", "left"),
    [
        ("vrs_app_imageembedding", "OLD.id = {last}", 5),
        ("vrs_app_embeddingspace", "OLD.id = {space}", 0),
    ],
    ids=["vectors", "the space itself"],
)
def test_killed_while_it_deletes(
    former: EmbeddingSpace,
    few: LookAlikes,
    drop_it: tuple[Path, str, str, str],
    table: str,
    row: str,
    left: int,
) -> None:
    rows = ImageEmbedding.objects.filter(space=former).order_by("pk")
    condition = row.format(last=rows[5].pk, space=former.pk)
    with (
        stops_at("DELETE", table, condition),
        holding(f"SELECT pg_advisory_lock({LOCK})") as holder,
        killed_while_it_waits(holder, *drop_it, setup=SMALL, EMBEDDER=SHAPE),
    ):
        assert_shop_is_as_before(few)
    settled()
    assert rows.count() == left
    assert_can_be_finished(former, few, drop_it)


def assert_can_be_finished(
    former: EmbeddingSpace, few: LookAlikes, drop_it: tuple[Path, str, str, str]
) -> None:
    """Shoppers see what they saw, nobody can be shown the rest, and a second run ends it."""
    assert EmbeddingSpace.objects.get(pk=former.pk).state == "retired"
    assert pending.count(former)
    with pytest.raises(SpaceRefused, match="still wait in it"):
        activation.switch(former.pk)
    assert_shop_is_as_before(few)
    assert "is dropped" in succeeded(*drop_it, EMBEDDER=SHAPE)
    assert is_gone(former)
    assert_shop_is_as_before(few)


@pytest.mark.slow
def test_products_are_not_part_of_it(former: EmbeddingSpace) -> None:
    before = Product.objects.count()
    deletion.drop(former)
    assert Product.objects.count() == before
