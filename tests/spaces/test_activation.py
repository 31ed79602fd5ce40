"""A switch of the model: nobody sees a gap, a mixture, or the end of a crash."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from shop.models import Product
from vrs_app import spaces
from vrs_app.contrib.history import recommend_for
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.shopper import Shopper
from vrs_app.exceptions import SpaceRefused
from vrs_app.indexing import image_rows
from vrs_app.indexing.enqueue import enqueue_batch
from vrs_app.models import EmbeddingSpace, ImageEmbedding, IndexedImage
from vrs_app.photos import look
from vrs_app.photos.preprocess import prepare
from vrs_app.photos.worker import embed_photo
from vrs_app.queries import search, similar_products, similar_to
from vrs_app.spaces import activation
from vrs_app.spaces.vectors import SpaceVector

from ..comparing import invalidate_files
from ..conftest import EmbedAll, MakeShown
from ..crashing import LOCK, holding, killed_while_it_waits, settled, stops_at, succeeded
from ..processes import wait_until, worker
from ..shapes import shape
from ..two_spaces import ALIKE, COLOUR, COLOURS, SHAPE, SHAPES

pytestmark = pytest.mark.django_db(transaction=True)

Shop = Mapping[tuple[str, str], Product]
"""Products by shape and colour."""

Answer = tuple[int, ...]
Ask = Callable[[], Answer]

SWITCHES = 24


@pytest.fixture(autouse=True)
def chosen(settings: Settings) -> None:
    apart = {"EMBEDDER": SHAPE, "DUPLICATE_THRESHOLD": 2.0, "PHOTO_TIMEOUT": 20.0}
    settings.VRS = settings.VRS | apart


@pytest.fixture
def products(make_shown: MakeShown) -> Shop:
    return {
        (kind, colour): make_shown(shape(kind, colour), category=kind)
        for kind, colour in itertools.product(SHAPES, COLOURS)
    }


@pytest.fixture
def shapes(products: Shop, embed_all: EmbedAll) -> EmbeddingSpace:
    """The space that shoppers see; the settings name its embedder."""
    assert embed_all() == len(products)
    space = spaces.active()
    assert space is not None
    return space


@pytest.fixture
def colours(shapes: EmbeddingSpace, embed_all: EmbedAll, settings: Settings) -> EmbeddingSpace:
    """The space that was built beside it; the settings name its embedder by now."""
    name_in_settings(settings, COLOUR)
    assert embed_all() == len(SHAPES) * len(COLOURS)
    return EmbeddingSpace.objects.get(state="building")


def name_in_settings(settings: Settings, embedder: str) -> None:
    settings.VRS = settings.VRS | {"EMBEDDER": embedder}


def alike(products: Shop, space: EmbeddingSpace, kind: str, colour: str) -> set[int]:
    """The keys of the products that are like one of them in `space`."""
    same = {"ShapeEmbedder": (kind, 0), "ColourEmbedder": (colour, 1)}
    value, place = same[space.embedder.rpartition(".")[2]]
    found = {product.pk for names, product in products.items() if names[place] == value}
    return found - {products[kind, colour].pk}


def keys(items: Any) -> Answer:
    return tuple(item.product.pk for item in items)


def states() -> dict[int, str]:
    return dict(EmbeddingSpace.objects.values_list("pk", "state"))


def photo_in(space: EmbeddingSpace, kind: str, colour: str) -> SpaceVector:
    photo = prepare(BytesIO(shape(kind, colour, seed=9)))
    return embed_photo(photo, space, spaces.embedder_of(space)).vector


# --- whoever asks while it is switched -------------------------------------------------------


def questions(products: Shop, photo: SpaceVector) -> dict[str, Ask]:
    """Every way to ask for look-alikes, each with its answer's products in their order."""
    one, other = products["disc", "teal"], products["bars", "crimson"]
    shopper = Shopper(visitor=uuid4())
    for product in (one, other):
        InteractionRow.objects.create(
            **shopper.columns, product=product, kind="liked", at=timezone.now()
        )

    def api(address: str) -> Answer:
        answer = Client().get(address)
        assert answer.status_code == 200
        return tuple(item["id"] for item in answer.json()["results"])

    several = f"/api/search/?positive={one.pk}&positive={other.pk}&limit=6"
    return {
        "similar_to": lambda: keys(similar_to(one, limit=ALIKE)),
        "similar_products": lambda: keys(similar_products(other, limit=ALIKE)),
        "diversity": lambda: keys(similar_to(one, limit=ALIKE, diversity=0.2)),
        "positive and negative": lambda: keys(search(positive=[one], negative=[other], limit=4)),
        "photo": lambda: keys(search(photo=photo, positive=[one], limit=ALIKE)),
        "words and looks": lambda: keys(search("thing", positive=[one], limit=5)),
        "for you": lambda: keys(recommend_for(shopper, limit=6, diversity=0)),
        "API: similar": lambda: api(f"/api/products/{one.pk}/similar/?limit={ALIKE}"),
        "API: several": lambda: api(several),
    }


@contextmanager
def asked_without_end(ask: Callable[[], object]) -> Iterator[list[Any]]:
    """What it answers meanwhile, or the error with which it ended."""
    answers: list[Any] = []
    is_over = threading.Event()

    def go_on() -> None:
        try:
            while not is_over.is_set():
                answers.append(ask())
        except BaseException as error:
            answers.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield answers
    finally:
        is_over.set()
        thread.join()


@pytest.mark.slow
def test_no_answer_mixes_two_spaces_and_none_is_empty_while_it_is_switched_to_and_fro(
    products: Shop, shapes: EmbeddingSpace, colours: EmbeddingSpace
) -> None:
    asked = questions(products, photo_in(shapes, "disc", "teal"))
    right: dict[str, list[Answer]] = {name: [] for name in asked}
    for space in (colours, shapes):
        spaces.activate(space)
        for name, ask in asked.items():
            right[name].append(ask())
    assert all(all(answers) for answers in right.values())
    assert right["photo"][0] == right["photo"][1], "it stays in its own space"
    assert set(right["similar_to"][0]) == alike(products, colours, "disc", "teal")
    assert set(right["similar_to"][1]) == alike(products, shapes, "disc", "teal")
    with ExitStack() as stack:
        heard = {name: stack.enter_context(asked_without_end(ask)) for name, ask in asked.items()}
        for number in itertools.count():
            both = all({*right[name]} <= {*heard[name]} for name in asked)
            if number >= SWITCHES and both:
                break
            assert number < 20 * SWITCHES, "somebody never saw both"
            call_command("vrs_switch", str((colours, shapes)[number % 2].pk), verbosity=0)
            time.sleep(0.05)
    for name, answers in heard.items():
        assert {*answers} == {*right[name]}, name


@pytest.mark.slow
def test_a_photo_from_just_before_the_switch_is_answered_in_its_own_space(
    products: Shop, shapes: EmbeddingSpace, colours: EmbeddingSpace
) -> None:
    photo = photo_in(shapes, "bars", "gold")
    activation.switch(colours.pk)
    found = keys(search(photo=photo, limit=ALIKE + 1))
    assert set(found) - {products["bars", "gold"].pk} == alike(products, shapes, "bars", "gold")


@pytest.mark.slow
def test_a_photo_worker_follows_each_switch_and_no_photo_goes_unanswered(
    products: Shop, shapes: EmbeddingSpace, colours: EmbeddingSpace, tmp_path: Path
) -> None:
    photo = shape("stripes", "navy", seed=9)

    def ask() -> tuple[int, int, Answer]:
        vector = look(BytesIO(photo))
        return vector.space_id, vector.dimensions, keys(search(photo=vector, limit=ALIKE + 1))

    right = {
        (space.pk, space.dimensions, keys(search(photo=point, limit=ALIKE + 1)))
        for space in (shapes, colours)
        for point in [photo_in(space, "stripes", "navy")]
    }
    with worker(tmp_path / "photos.log", "vrs-photos", EMBEDDER=COLOUR):
        ask()
        with asked_without_end(ask) as answers:
            for number in itertools.count():
                if number >= SWITCHES and {*answers} >= right:
                    break
                assert number < 20 * SWITCHES, answers
                activation.switch((colours, shapes)[number % 2].pk)
                time.sleep(0.1)
    assert {*answers} == right


# --- built while the shop is open ------------------------------------------------------------


@pytest.mark.slow
def test_a_second_space_is_built_and_shown_while_the_shop_saves_and_sells(
    products: Shop, shapes: EmbeddingSpace, make_shown: MakeShown, tmp_path: Path, media: Path
) -> None:
    """As a deploy goes: a worker with the old settings, one with the new, both at once."""
    one = products["disc", "teal"]
    saved: list[Product] = []

    def save() -> None:
        colour = COLOURS[len(saved) % len(COLOURS)]
        saved.append(make_shown(shape("triangle", colour, seed=len(saved) + 1)))
        time.sleep(0.05)

    def ring() -> None:
        enqueue_batch()
        time.sleep(0.2)

    def embedded_in(space: EmbeddingSpace) -> int:
        return ImageEmbedding.objects.filter(space=space, state="ready").count()

    pictures = IndexedImage.objects.count
    with ExitStack() as stack:
        stack.enter_context(worker(tmp_path / "old.log", EMBEDDER=SHAPE))
        stack.enter_context(worker(tmp_path / "new.log", EMBEDDER=COLOUR))
        # As the sweep does: a bell for the one may be heard by the other, who needs it not.
        ringing = stack.enter_context(asked_without_end(ring))
        with (
            asked_without_end(save) as saving,
            asked_without_end(lambda: keys(similar_to(one))) as heard,
        ):
            wait_until(lambda: EmbeddingSpace.objects.count() == 2, seconds=120)
            new = EmbeddingSpace.objects.get(state="building")
            wait_until(lambda: len(saved) > 8 and embedded_in(new) + len(COLOURS) > len(saved))
            assert spaces.active() == shapes, "no worker switches by itself"
        assert heard and all(alike(products, shapes, "disc", "teal") <= {*each} for each in heard)
        wait_until(lambda: embedded_in(shapes) == embedded_in(new) == pictures())
        activation.switch(new.pk)
        later = make_shown(shape("disc", "teal", seed=99))
        wait_until(lambda: embedded_in(new) == pictures())
        assert {*saving, *ringing} == {None}
    teal = {product.pk for product in saved[:: len(COLOURS)]} | {one.pk}
    assert {*keys(similar_to(later, limit=2))} <= alike(products, new, "disc", "teal") | teal
    assert {*ImageEmbedding.objects.values_list("attempts")} == {(1,)}, "embedded once in each"


# --- back again ------------------------------------------------------------------------------


@pytest.mark.slow
def test_to_switch_back_embeds_nothing(
    products: Shop,
    shapes: EmbeddingSpace,
    colours: EmbeddingSpace,
    embed_all: EmbedAll,
    settings: Settings,
) -> None:
    before = set(ImageEmbedding.objects.values_list("pk", "finished_at"))
    activation.switch(colours.pk)
    assert embed_all() == 0
    activation.switch(shapes.pk)
    name_in_settings(settings, SHAPE)
    assert embed_all() == 0
    assert set(ImageEmbedding.objects.values_list("pk", "finished_at")) == before
    one = products["disc", "teal"]
    assert set(keys(similar_to(one, limit=ALIKE))) == alike(products, shapes, "disc", "teal")


@pytest.mark.slow
def test_what_was_only_embedded_again_in_between_needs_no_recomputing_to_switch_back(
    products: Shop, shapes: EmbeddingSpace, colours: EmbeddingSpace, embed_all: EmbedAll
) -> None:
    activation.switch(colours.pk)
    image_rows.requeue(IndexedImage.objects.all())
    assert embed_all() == len(products)
    assert activation.switch(shapes.pk) == shapes
    assert_answers_in(shapes, products)


@pytest.mark.slow
def test_pictures_whose_bytes_changed_in_between_hold_up_the_switch_back(
    products: Shop, shapes: EmbeddingSpace, colours: EmbeddingSpace, embed_all: EmbedAll
) -> None:
    activation.switch(colours.pk)
    names = list(IndexedImage.objects.values_list("name", flat=True))
    invalidate_files([products["disc", "teal"]], names)
    with pytest.raises(SpaceRefused, match="1 picture still waits"):
        activation.switch(shapes.pk)
    assert embed_all() == 1
    assert activation.switch(shapes.pk) == shapes, "the bytes were the same"


@pytest.mark.slow
def test_what_was_saved_in_between_is_embedded_before_the_switch_back(
    shapes: EmbeddingSpace,
    colours: EmbeddingSpace,
    make_shown: MakeShown,
    embed_all: EmbedAll,
    settings: Settings,
) -> None:
    activation.switch(colours.pk)
    make_shown(shape("disc", "teal", seed=5))
    assert embed_all() == 1, "in the space that is shown; nobody fills a former one"
    with pytest.raises(SpaceRefused, match=r"1 picture still waits.* with the settings that made"):
        activation.switch(shapes.pk)
    name_in_settings(settings, SHAPE)
    assert embed_all() == 1
    assert activation.switch(shapes.pk) == shapes


@pytest.mark.slow
def test_a_former_space_that_is_shown_incomplete_is_filled_up_by_any_worker(
    shapes: EmbeddingSpace, colours: EmbeddingSpace, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    activation.switch(colours.pk)
    later = make_shown(shape("disc", "teal", seed=5))
    assert embed_all() == 1
    activation.switch(shapes.pk, incomplete=True)
    assert keys(similar_to(later)) == ()
    assert embed_all() == 1, "though its settings are those of the other"
    assert len(keys(similar_to(later, limit=ALIKE))) == ALIKE


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.slow
def test_a_space_in_which_pictures_failed_that_shoppers_see_now_is_refused(
    products: Shop, shapes: EmbeddingSpace, colours: EmbeddingSpace
) -> None:
    lost = products["disc", "gold"]
    ImageEmbedding.objects.filter(space=colours, image__product=lost).update(
        state="failed", error_code="no_content", vector=None, digest=""
    )
    with pytest.raises(SpaceRefused, match=r"1 product .* would have none") as caught:
        activation.switch(colours.pk)
    assert f"vrs_embed --product {lost.pk})" in str(caught.value)
    assert "nothing to compare in this picture" in str(caught.value)
    assert spaces.active() == shapes
    assert activation.switch(colours.pk, incomplete=True) == colours


@pytest.mark.slow
def test_a_missing_index_is_built_before_anybody_needs_it(
    shapes: EmbeddingSpace, colours: EmbeddingSpace
) -> None:
    spaces.drop_index(colours)
    assert not spaces.has_valid_index(colours)
    activation.switch(colours.pk)
    assert spaces.has_valid_index(colours)


@pytest.mark.slow
def test_a_space_that_was_dropped_a_moment_ago_leaves_the_one_before(
    shapes: EmbeddingSpace, colours: EmbeddingSpace
) -> None:
    EmbeddingSpace.objects.filter(pk=colours.pk).delete()
    with pytest.raises(SpaceRefused, match="not there any more"):
        spaces.activate(colours)
    assert spaces.active() == shapes


# --- killed amidst ---------------------------------------------------------------------------


def assert_answers_in(space: EmbeddingSpace, products: Shop) -> None:
    for kind, colour in (("disc", "teal"), ("triangle", "gold")):
        found = keys(similar_to(products[kind, colour], limit=ALIKE))
        assert set(found) == alike(products, space, kind, colour)


@pytest.mark.slow
def test_killed_while_it_makes_the_space_and_its_index(
    products: Shop, shapes: EmbeddingSpace, tmp_path: Path
) -> None:
    writing = "LOCK TABLE vrs_app_imageembedding IN ROW EXCLUSIVE MODE"
    patient = "from vrs_app.spaces import registry; registry.LOCK_TIMEOUT = '60s'"
    arguments = (tmp_path / "log", "vrs_embed")
    with (
        holding(writing) as holder,
        killed_while_it_waits(holder, *arguments, setup=patient, EMBEDDER=COLOUR),
    ):
        assert_answers_in(shapes, products)
    settled()
    assert states() == {shapes.pk: "active"}
    assert_answers_in(shapes, products)
    assert "16 pictures ready, 0 failed" in succeeded(*arguments, EMBEDDER=COLOUR)
    assert sorted(states().values()) == ["active", "building"]


@pytest.mark.slow
def test_killed_while_it_fills_the_space(
    products: Shop, shapes: EmbeddingSpace, tmp_path: Path
) -> None:
    last = IndexedImage.objects.order_by("pk").last()
    assert last is not None
    small = "from django.conf import settings; settings.VRS['BATCH_SIZE'] = 6"
    storing = f"NEW.image_id = {last.pk} AND NEW.vector IS NOT NULL"
    arguments = (tmp_path / "log", "vrs_embed")
    with (
        stops_at("UPDATE", "vrs_app_imageembedding", storing),
        holding(f"SELECT pg_advisory_lock({LOCK})") as holder,
        killed_while_it_waits(holder, *arguments, setup=small, EMBEDDER=COLOUR),
    ):
        new = EmbeddingSpace.objects.get(state="building")
        assert ImageEmbedding.objects.filter(space=new, state="ready").count() == 12
        assert_answers_in(shapes, products)
    settled()
    assert states() == {shapes.pk: "active", new.pk: "building"}
    with pytest.raises(SpaceRefused, match="4 pictures still wait"):
        activation.switch(new.pk)
    assert_answers_in(shapes, products)
    ImageEmbedding.objects.filter(lease_token__isnull=False).update(lease_until=timezone.now())
    assert "4 pictures ready, 0 failed" in succeeded(*arguments, EMBEDDER=COLOUR)
    assert_answers_in(activation.switch(new.pk), products)


@pytest.mark.slow
def test_killed_between_retiring_one_space_and_showing_the_other(
    products: Shop, shapes: EmbeddingSpace, colours: EmbeddingSpace, tmp_path: Path
) -> None:
    before = states()
    arguments = (tmp_path / "log", "vrs_switch", str(colours.pk))
    with (
        stops_at("UPDATE", "vrs_app_embeddingspace", "NEW.state = 'active'"),
        holding(f"SELECT pg_advisory_lock({LOCK})") as holder,
        killed_while_it_waits(holder, *arguments, EMBEDDER=COLOUR),
    ):
        assert_answers_in(shapes, products)
    settled()
    assert states() == before
    assert_answers_in(shapes, products)
    assert f"Shoppers now see space {colours.pk}" in succeeded(*arguments, EMBEDDER=COLOUR)
    assert_answers_in(colours, products)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("is_there", "cut"),
    [(True, True), (False, True), (False, False)],
    ids=["anew, with its connection", "missing, with its connection", "missing, alone"],
)
def test_killed_while_it_builds_an_index(
    products: Shop, shapes: EmbeddingSpace, tmp_path: Path, is_there: bool, cut: bool
) -> None:
    if not is_there:
        spaces.drop_index(shapes)
    reading = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1"
    arguments = (tmp_path / "log", "vrs_embed", "--index")
    with (
        holding(*reading) as holder,
        killed_while_it_waits(holder, *arguments, cut=cut, EMBEDDER=SHAPE),
    ):
        assert_answers_in(shapes, products)
    settled()
    assert spaces.has_valid_index(shapes) == (is_there or not cut)
    assert_answers_in(shapes, products)
    succeeded(*arguments, EMBEDDER=SHAPE)
    assert spaces.has_valid_index(shapes)
    assert indexes_of(shapes) == [spaces.index_name(shapes)]


def indexes_of(space: EmbeddingSpace) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE indexname LIKE %s ORDER BY 1",
            [f"{spaces.index_name(space)}%"],
        )
        return [name for (name,) in cursor.fetchall()]
