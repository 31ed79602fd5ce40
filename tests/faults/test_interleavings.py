"""An old picture's task ends last: two workers and a shop that keeps changing its mind."""

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from pytest_django import Settings

from shop.models import ProductImage
from vrs_app import embedders
from vrs_app.conf import conf
from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.indexing import claims, storing, worker
from vrs_app.indexing.claims import Claim
from vrs_app.indexing.storing import Outcome
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.vision import Pixels, load

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape
from ..vectors import stored

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = 100
LEASE_SECONDS = 0.02


class Dawdling(HandcraftedEmbedder):
    """Takes longer than its lease, or not; so that another takes over, or not."""

    chance = random.Random(7)

    def embed(self, pictures: Sequence[Pixels]) -> Vectors:
        vectors = super().embed(pictures)
        time.sleep(self.chance.choice([0, 0.01, 0.04]))
        return vectors


@pytest.fixture
def too_late(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Claim]:
    """Claims whose result came when the row was another's or the picture another one."""
    overwrites = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    overwrites |= {"OPTIONS": {"allow_overwrite": True}}  # type: ignore[dict-item]
    settings.STORAGES = settings.STORAGES | {"default": overwrites}
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Dawdling", "MAX_ATTEMPTS": 10_000}
    monkeypatch.setattr(claims, "LEASE_MARGIN", LEASE_SECONDS - conf.BATCH_TIME_LIMIT)
    refused: list[Claim] = []
    finish = storing.finish

    def counted(outcomes: Mapping[Claim, Outcome]) -> list[Claim]:
        finished = finish(outcomes)
        refused.extend(set(outcomes) - set(finished))
        return finished

    monkeypatch.setattr(storing, "finish", counted)
    return refused


@contextmanager
def two_workers() -> Iterator[None]:
    """Two that embed whatever waits, each on a connection of its own."""
    done = threading.Event()

    def work() -> None:
        try:
            while not done.is_set():
                worker.embed_batch()
                time.sleep(0.002)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        working: list[Future[None]] = [pool.submit(work) for _ in range(2)]
        try:
            yield
        finally:
            done.set()
        for each in working:
            each.result(30)


def replace(picture: ProductImage, data: bytes) -> None:
    """New bytes under the same name, saved as a shop saves them."""
    picture.image = ContentFile(data, str(picture.image.name).rpartition("/")[2])
    picture.save()


def is_right(data: bytes) -> bool:
    """Whether what may be served, if anything, is the vector of these bytes."""
    served = ImageEmbedding.objects.filter(ImageEmbedding.is_servable()).first()
    return served is None or served.digest == sha256(data).hexdigest()


def test_an_old_picture_never_overwrites_a_newer_one_in_100_of_100_rounds(
    too_late: list[Claim], make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    files = [shape("disc", colour, seed=n) for n in range(50) for colour in ("teal", "maroon")]
    picture = make_shown(shape("bars")).images.get()
    name = picture.image.name
    chance, right = random.Random(11), 0
    with two_workers():
        for data in files:
            replace(picture, data)
            time.sleep(chance.choice([0, 0.02, 0.05]))
            right += is_right(data)
    embed_all()
    assert (right, len(files)) == (ROUNDS, ROUNDS)
    assert picture.image.name == name
    assert len(too_late) >= 10, "or nothing was put to the test"

    row = ImageEmbedding.objects.get()
    assert (row.state, row.digest) == ("ready", IndexedImage.objects.get().digest)
    assert row.digest == sha256(files[-1]).hexdigest()
    [expected] = embedders.configured().embed([load(files[-1], 112).pixels])
    assert float(expected @ stored(row)) > 0.999
