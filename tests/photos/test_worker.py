"""A photo worker's own work, in this process."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from django.core.cache import caches
from django.db import connection
from pgvector import HalfVector
from PIL import Image
from pytest_django import Settings

from vrs_app import embedders, spaces
from vrs_app.conf import conf
from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.exceptions import EmbedderUnavailable
from vrs_app.infra import heartbeats
from vrs_app.infra.heartbeats import Part
from vrs_app.photos import mailbox, warmup, worker
from vrs_app.photos.preprocess import prepare
from vrs_app.vision import Pixels, load

from ..conftest import EmbedAll, MakeShown
from ..pictures import encoded, jpeg, noise
from ..shapes import shape

pytestmark = pytest.mark.django_db

LOCMEM = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


class Other(HandcraftedEmbedder):
    """Another model: each of its vectors points the other way."""

    weights_digest = "other"

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        return -super().embed(pictures)


class Gone(HandcraftedEmbedder):
    def __init__(self) -> None:
        raise EmbedderUnavailable("The weights are away.")


class Faulty(HandcraftedEmbedder):
    weights_digest = "faulty"

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        if (pictures[0] == pictures[0][0, 0]).all():
            raise ZeroDivisionError
        return super().embed(pictures)


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is a process of its own; loading does not run beside the test's transaction."""

    def at_once(seconds: float, name: str, build: Callable[[], Any]) -> Any:
        return build()

    monkeypatch.setattr(warmup, "_ready", {})
    monkeypatch.setattr(warmup, "load_within", at_once)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    embedders._load.cache_clear()


@pytest.fixture
def space(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    make_shown(shape())
    embed_all()


def told(photo: bytes) -> mailbox.Reply | None:
    mailbox.put_photo(caches["photos"], "key", photo)
    worker.embed_and_reply("key")
    assert mailbox.take_photo(caches["photos"], "key") is None  # the bytes are gone
    return mailbox.get_reply(caches["photos"], "key")


def numbers(vector: bytes) -> Vectors:
    """As pgvector's type reads the bytes."""
    return HalfVector.from_binary(vector).to_numpy().astype(np.float32)


@pytest.mark.usefixtures("space")
def test_the_answer_is_the_vector_in_the_space_that_shoppers_see() -> None:
    answer = told(prepare(BytesIO(shape())))
    active = spaces.active()
    assert answer and active
    vector = numbers(answer["vector"])
    assert (answer["space_id"], len(vector)) == (active.pk, active.dimensions)
    [right] = HandcraftedEmbedder().embed([load(shape(), 112).pixels])
    assert vector @ right > 0.99
    assert 0 < answer["seconds"] < 5
    beat = heartbeats.last(Part.PHOTOS)
    assert beat is not None and beat.problem == ""


@pytest.mark.usefixtures("space")
def test_while_another_model_is_being_built_photos_are_seen_by_the_former(
    settings: Settings,
) -> None:
    first = told(prepare(BytesIO(shape())))
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Other"}
    connection.check_constraints()  # no index can be made while a constraint waits
    second = spaces.space_of(conf.EMBEDDER, embedders.configured())
    assert told(prepare(BytesIO(shape()))) == (first or {}) | {"seconds": pytest.approx(0, abs=5)}
    spaces.activate(second)
    switched = told(prepare(BytesIO(shape())))
    assert first and switched
    assert switched["space_id"] == second.pk
    assert numbers(switched["vector"]) @ numbers(first["vector"]) < -0.99


@pytest.mark.usefixtures("space")
def test_a_switch_while_the_embedder_is_loading_is_followed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Other"}
    connection.check_constraints()
    second = spaces.space_of(conf.EMBEDDER, embedders.configured())

    def switched_meanwhile(seconds: float, name: str, build: Callable[[], Any]) -> Any:
        spaces.activate(second)
        return build()

    monkeypatch.setattr(warmup, "load_within", switched_meanwhile)
    answer = told(prepare(BytesIO(shape())))
    assert answer and answer["space_id"] == second.pk


@pytest.mark.usefixtures("space")
def test_a_photo_with_nothing_in_it_is_told() -> None:
    assert told(jpeg(Image.new("RGB", (64, 64), "grey"))) == {"code": "no_content", "detail": ""}


@pytest.mark.usefixtures("space")
def test_bytes_that_are_no_picture_are_told() -> None:
    assert told(b"\xff\xd8\xff") == {"code": "damaged", "detail": "no readable header"}


def test_an_embedder_that_is_gone_is_told_to_staff(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Other"}
    space = spaces.space_of(conf.EMBEDDER, embedders.configured())
    space.embedder = f"{__name__}.Gone"
    space.save()
    answer = told(prepare(BytesIO(shape())))
    assert answer and "cannot be had any more" in answer["problem"]
    beat = heartbeats.last(Part.PHOTOS)
    assert beat is not None and "vrs_switch" in beat.problem


def test_a_fault_of_the_embedder_keeps_nobody_waiting(settings: Settings) -> None:
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Faulty"}
    spaces.space_of(conf.EMBEDDER, embedders.configured())
    with pytest.raises(ZeroDivisionError):
        told(jpeg(Image.new("RGB", (64, 64), "grey")))
    assert mailbox.get_reply(caches["photos"], "key") == {"problem": "ZeroDivisionError"}
    beat = heartbeats.last(Part.PHOTOS)
    assert beat is not None and "ZeroDivisionError" in beat.problem


def test_before_anything_is_embedded_it_says_what_to_run() -> None:
    answer = told(shape())
    assert answer and "manage.py vrs_embed" in answer["problem"]


@pytest.mark.usefixtures("space")
def test_the_shops_rules_are_for_what_people_upload_and_not_for_what_we_made_of_it(
    settings: Settings,
) -> None:
    photo = encoded(Image.open(BytesIO(shape())), "WEBP", quality=1)
    rules = {"IMAGE_FORMATS": ("WEBP",), "MAX_IMAGE_BYTES": len(photo)}
    settings.VRS = settings.VRS | rules
    small = prepare(BytesIO(photo))
    assert len(small) > len(photo)
    assert "vector" in (told(small) or {})


@pytest.mark.usefixtures("space")
def test_the_largest_photo_that_is_ever_prepared_is_taken_and_nothing_larger() -> None:
    small = prepare(BytesIO(encoded(Image.fromarray(noise((1023, 1023))), "PNG")))
    assert Image.open(BytesIO(small)).size == (1023, 1023)
    assert "vector" in (told(small) or {})
    assert (told(jpeg(Image.new("RGB", (1200, 1200)))) or {})["code"] == "too_large"


@pytest.mark.usefixtures("space")
def test_nobody_works_for_a_visitor_who_has_left() -> None:
    worker.embed_and_reply("long-gone")
    assert mailbox.get_reply(caches["photos"], "long-gone") is None
    assert heartbeats.last(Part.PHOTOS) is None


@pytest.mark.usefixtures("space")
def test_a_cache_that_the_web_process_does_not_share_is_told_to_staff(settings: Settings) -> None:
    settings.CACHES = settings.CACHES | {"photos": LOCMEM}
    worker.embed_and_reply("in-another-process")
    beat = heartbeats.last(Part.PHOTOS)
    assert beat is not None and 'VRS["PHOTO_CACHE"]' in beat.problem
