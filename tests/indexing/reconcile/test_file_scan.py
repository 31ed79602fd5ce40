"""Files are read gently: in order, a few at a time, in nobody's way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vrs_app.indexing import image_rows, storage
from vrs_app.indexing.reconcile import file_check, file_scan
from vrs_app.indexing.reconcile.file_scan import Scan
from vrs_app.indexing.reconcile.known_files import due_for_check, known_images
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.vision import digest

from ...comparing import invalidate_files
from ...conftest import EmbedAll, MakeShown
from ...shapes import shape
from .conftest import file_of, is_served

pytestmark = pytest.mark.django_db


@pytest.fixture
def images(make_shown: MakeShown, embed_all: EmbedAll) -> list[IndexedImage]:
    make_shown(*(shape(seed=seed) for seed in range(5)))
    embed_all()
    return list(IndexedImage.objects.order_by("pk"))


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_scan, "FILES_PER_BATCH", 2)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    names: list[str] = []
    real = storage.read_file

    def reading(name: str) -> bytes:
        names.append(name)
        return real(name)

    monkeypatch.setattr(file_check, "read_file", reading)
    return names


def test_a_file_is_read_once_its_last_look_is_old_enough(
    images: list[IndexedImage], read: list[str]
) -> None:
    assert file_scan.scan(due_for_check(days=7)).read == 0
    old = timezone.now() - timedelta(days=8)
    IndexedImage.objects.filter(pk=images[1].pk).update(checked_at=old)
    IndexedImage.objects.filter(pk=images[3].pk).update(checked_at=None)
    assert file_scan.scan(due_for_check(days=7)).read == 2
    assert read == [images[1].name, images[3].name]
    assert file_scan.scan(due_for_check(days=7)).read == 0


def test_a_file_that_was_missing_is_due_in_every_walk_until_it_is_back(
    images: list[IndexedImage], embed_all: EmbedAll
) -> None:
    file, data = file_of(images[0]), file_of(images[0]).read_bytes()
    file.unlink()
    assert file_scan.scan(known_images()).gone == 1
    assert embed_all() == 0
    for _ in range(2):
        done = file_scan.scan(due_for_check(days=7))
        assert (done.read, done.gone, done.changed) == (1, 0, 0)
    file.write_bytes(data)
    assert file_scan.scan(due_for_check(days=7)).changed == 1
    assert embed_all() == 1
    assert is_served(images[0])
    assert file_scan.scan(due_for_check(days=7)).read == 0


def test_what_waits_is_left_to_the_worker(images: list[IndexedImage], read: list[str]) -> None:
    image_rows.requeue(IndexedImage.objects.filter(pk=images[0].pk))
    invalidate_files([images[1].product_id], [images[1].name])
    ImageEmbedding.objects.filter(image=images[2]).delete()
    file_scan.scan(known_images())
    assert read == [images[3].name, images[4].name]


@pytest.mark.usefixtures("two_at_once")
def test_a_slice_ends_with_its_time_and_the_next_goes_on_behind_it(
    images: list[IndexedImage], read: list[str]
) -> None:
    done = Scan()
    for already in range(5):
        assert done.more_are_left and len(read) == already
        done = file_scan.scan(known_images(), after=done.last, seconds=0)
    assert read == [image.name for image in images]
    assert not file_scan.scan(known_images(), after=done.last, seconds=0).more_are_left


@pytest.mark.usefixtures("two_at_once")
def test_pictures_that_wait_get_their_turn_before_the_slice_is_over(
    images: list[IndexedImage], make_shown: MakeShown
) -> None:
    make_shown(shape("bars"))
    assert file_scan.scan(known_images(), seconds=60).read == 2
    assert file_scan.scan(known_images()).read == 5, "who waits for the end is not held up"


@pytest.mark.usefixtures("two_at_once")
def test_one_file_that_the_storage_refuses_holds_up_no_other(
    images: list[IndexedImage], refused: list[str]
) -> None:
    file_of(images[4]).write_bytes(shape("bars"))
    refused += [images[0].name, images[1].name]
    done = file_scan.scan(known_images())
    assert (done.read, done.changed, len(done.problems)) == (3, 1, 1)
    assert "Permission denied" in done.problems[0]


def test_a_storage_that_refuses_file_after_file_is_asked_no_more(
    images: list[IndexedImage],
    refused: list[str],
    read: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_scan, "MAX_UNAVAILABLE", 3)
    file_of(images[0]).write_bytes(shape("bars"))
    refused += [image.name for image in images[1:]]
    done = file_scan.scan(known_images())
    assert (done.read, done.changed, done.more_are_left) == (1, 1, False)
    assert len(read) == 4


def test_a_storage_that_says_nothing_for_long_is_asked_no_more(
    images: list[IndexedImage],
    refused: list[str],
    read: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_scan, "SILENCE_LIMIT", 0)
    refused += [image.name for image in images[1:]]
    assert file_scan.scan(known_images()).read == 1
    assert len(read) == 2


def test_bytes_that_killed_their_worker_are_not_tried_again_and_again(
    images: list[IndexedImage],
) -> None:
    invalidate_files([images[0].product_id], [images[0].name])
    ImageEmbedding.objects.filter(image=images[0]).update(
        revision=2, state="failed", error_code="worker_lost"
    )
    assert file_scan.scan(known_images()) == Scan(read=5, last=images[4].pk, more_are_left=False)


def replaced_while_read(
    images: list[IndexedImage], monkeypatch: pytest.MonkeyPatch, meanwhile: Any
) -> Scan:
    """A walk during whose first reading something happens elsewhere."""
    real = storage.read_file

    def reading(name: str) -> bytes:
        monkeypatch.undo()
        data = real(name)
        meanwhile()
        return data

    monkeypatch.setattr(file_check, "read_file", reading)
    return file_scan.scan(known_images())


def test_what_the_shop_changed_while_its_file_was_read_is_left_alone(
    images: list[IndexedImage], monkeypatch: pytest.MonkeyPatch, embed_all: EmbedAll
) -> None:
    def replace() -> None:
        invalidate_files([images[0].product_id], [images[0].name])
        embed_all()

    file_of(images[0]).write_bytes(shape("bars"))
    done = replaced_while_read(images, monkeypatch, replace)
    assert done.changed == 0
    image = IndexedImage.objects.get(pk=images[0].pk)
    assert (image.digest, image.revision) == (digest(shape("bars")), 2)
    assert is_served(image)


def test_a_picture_deleted_while_its_file_was_read_is_no_error(
    images: list[IndexedImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(images[0]).write_bytes(shape("bars"))
    delete = IndexedImage.objects.filter(pk=images[0].pk).delete
    assert replaced_while_read(images, monkeypatch, delete).changed == 0


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_picture_that_the_shop_is_changing(
    images: list[IndexedImage],
) -> None:
    def walk() -> Scan:
        try:
            return file_scan.scan(known_images())
        finally:
            connection.close()

    for image in images:
        file_of(image).write_bytes(shape("bars"))
    with ThreadPoolExecutor(1) as elsewhere, transaction.atomic():
        image_rows.requeue(IndexedImage.objects.filter(pk=images[0].pk))
        assert elsewhere.submit(walk).result(20).changed == 4


def test_a_walk_takes_a_few_queries_for_many_files(
    images: list[IndexedImage], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(7):
        file_scan.scan(known_images())
