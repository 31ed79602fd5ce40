"""Outcomes are stored in bulk, and a file's bytes belong to its name."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext

from shop.models import ProductImage
from vrs_app.conf import conf
from vrs_app.exceptions import PictureDamaged
from vrs_app.indexing import claims, compare, image_rows, storing, worker
from vrs_app.indexing.outbox.append import append_products
from vrs_app.models import Heartbeat, ImageEmbedding, IndexedImage
from vrs_app.spaces import active
from vrs_app.testing import drain
from vrs_app.vision import digest

from ..at_once import elsewhere
from ..comparing import invalidate_files
from ..conftest import EmbedAll, MakeShown
from ..shapes import shape
from .reconcile.conftest import file_of, is_served

pytestmark = pytest.mark.django_db

MOST_STATEMENTS = 30
"""Of claiming, embedding and storing a batch, with BEGIN and COMMIT; words are another's."""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_batch_of_any_size_takes_the_same_statements(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape())
    embed_all()
    counts = []
    for count in (4, conf.BATCH_SIZE):
        make_shown(*(shape(seed=seed) for seed in range(count)))
        with CaptureQueriesContext(connection) as queries:
            assert worker.embed_batch().ready == count
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_STATEMENTS


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> list[type]:
    """The classes of our rows whose saves send signals."""
    sent: list[type] = []

    def record(sender: type, **kwargs: object) -> None:
        if sender in (ImageEmbedding, IndexedImage, Heartbeat):
            sent.append(sender)

    for signal in (pre_save, post_save):
        monkeypatch.setattr(signal, "receivers", list(signal.receivers))
        signal.connect(record, weak=False)
        signal.sender_receivers_cache.clear()
    return sent


def test_what_a_worker_writes_sends_no_signal_of_the_models(
    make_shown: MakeShown, embed_all: EmbedAll, signals: list[type]
) -> None:
    make_shown(shape(), shape("bars")[:600], shape("stripes"))
    assert embed_all() == 2
    image_rows.requeue(IndexedImage.objects.filter(position=0))
    space = active()
    assert space is not None
    claims.begin_decoding(claims.claim_batch(space))
    ImageEmbedding.objects.filter(state="waiting").update(
        attempts=conf.MAX_ATTEMPTS, lease_until=None
    )
    assert embed_all() == 0
    assert ImageEmbedding.objects.filter(error_code="worker_lost").exists()
    assert signals == []


def test_a_failure_beside_a_success_keeps_its_vector_and_the_success_its_own(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape(), shape("bars"))
    embed_all()
    before = [str(row.vector) for row in ImageEmbedding.objects.order_by("image")]
    image_rows.requeue(IndexedImage.objects.all())
    space = active()
    assert space is not None
    first, second = claims.claim_batch(space)
    error = PictureDamaged("half a file")
    storing.finish({first: error})
    claims.release([second])
    assert embed_all() == 1
    rows = ImageEmbedding.objects.order_by("image")
    assert [row.state for row in rows] == ["failed", "ready"]
    assert [str(row.vector) for row in rows] == before


def share_a_file(make_shown: MakeShown) -> tuple[IndexedImage, IndexedImage]:
    """Two products that show one file, as where a storage overwrites."""
    first = make_shown(shape("disc"))
    second = make_shown()
    name = first.images.get().image.name
    ProductImage.objects.create(product=second, image=name, position=0)
    drain()
    rows = IndexedImage.objects.all()
    return rows.get(product=first.pk), rows.get(product=second.pk)


def test_new_bytes_of_a_file_are_embedded_for_each_product_that_shows_it(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    first, second = share_a_file(make_shown)
    assert embed_all() == 2
    file_of(first).write_bytes(shape("bars"))
    invalidate_files([second.product_id], [second.name])
    assert embed_all() == 2
    assert {*IndexedImage.objects.values_list("digest", flat=True)} == {digest(shape("bars"))}
    assert is_served(first) and is_served(second)


def test_products_that_share_a_photo_stay_as_they_are(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    first, second = share_a_file(make_shown)
    embed_all()
    image_rows.requeue(IndexedImage.objects.filter(pk=second.pk))
    assert embed_all() == 1
    first.refresh_from_db()
    assert (first.revision, is_served(first)) == (1, True)


def test_a_lost_file_is_found_lost_for_each_product_by_itself(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    first, second = share_a_file(make_shown)
    make_shown(shape("bars"))
    embed_all()
    Path(file_of(first)).unlink()
    image_rows.requeue(IndexedImage.objects.filter(pk=second.pk))
    assert embed_all() == 0
    first.refresh_from_db()
    assert (first.revision, is_served(first)) == (1, True)


@pytest.mark.django_db(transaction=True)
def test_colours_are_among_the_words_though_another_worker_drains_before_they_are_committed(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_shown(shape())
    product.save()  # waits in the outbox

    def append_beside_a_drain(keys: set[int]) -> None:
        append_products(keys)
        elsewhere(drain)

    monkeypatch.setattr(storing, "append_products", append_beside_a_drain)
    worker.embed_batch()
    drain()
    assert IndexedImage.objects.get().colours
    assert compare.find([product.pk], {}).words == 0
