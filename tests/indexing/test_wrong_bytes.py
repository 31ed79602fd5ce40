"""Bytes that a storage gives wrongly are believed only at a second look."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from vrs_app.indexing import image_rows, worker
from vrs_app.indexing.reconcile import file_scan
from vrs_app.indexing.reconcile.known_files import due_for_check, known_images
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Heartbeat, ImageEmbedding, IndexedImage

from ..comparing import invalidate_files
from ..conftest import EmbedAll, MakeShown
from ..shapes import shape
from .reconcile.conftest import file_of, is_served, let_second_looks_come

pytestmark = pytest.mark.django_db

COUNT = 9


class Storage:
    """What the storage gives of each file in its place, and whether it knows its true size."""

    def __init__(self) -> None:
        self.only: set[str] | None = None
        self.wrong: str | None = None

    def gives(self, name: str, data: bytes) -> bytes:
        if self.only is not None and name not in self.only:
            return data
        match self.wrong:
            case "half":
                return data[: len(data) // 2]
            case "empty":
                return b""
            case "page":
                return b"<!doctype html><title>502</title>" * 200
        return data


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Storage:
    storage = Storage()
    real = FileSystemStorage._open  # type: ignore[attr-defined]

    def open(self: FileSystemStorage, name: str, mode: str = "rb") -> Any:
        file: File[bytes] = real(self, name, mode)
        if mode != "rb" or storage.wrong is None:
            return file
        with file:
            return File(BytesIO(storage.gives(name, file.read())), name)

    monkeypatch.setattr(FileSystemStorage, "_open", open)
    return storage


@pytest.fixture
def images(make_shown: MakeShown, embed_all: EmbedAll) -> list[IndexedImage]:
    make_shown(*(shape(seed=seed) for seed in range(COUNT)))
    assert embed_all() == COUNT
    return list(IndexedImage.objects.order_by("pk"))


def states() -> set[str]:
    return set(ImageEmbedding.objects.values_list("state", flat=True))


def problem() -> str:
    return Heartbeat.objects.get(part=Part.WORKER).problem


@pytest.mark.parametrize("wrong", ["half", "empty", "page"])
def test_ready_pictures_that_are_embedded_again_wait_are_served_and_heal(
    images: list[IndexedImage], storage: Storage, embed_all: EmbedAll, wrong: str
) -> None:
    storage.wrong = wrong
    image_rows.requeue(IndexedImage.objects.all())
    for _ in range(3):
        assert embed_all() == 0
        assert states() == {"waiting"}
        assert "storage gives" in problem()
        let_second_looks_come()
    assert all(map(is_served, images))
    storage.wrong = None
    assert embed_all() == COUNT
    assert (states(), problem()) == ({"ready"}, "")


@pytest.mark.parametrize("wrong", ["half", "empty", "page"])
def test_a_scan_of_the_files_changes_nothing_at_the_first_look_and_tells_of_it(
    images: list[IndexedImage], storage: Storage, embed_all: EmbedAll, wrong: str
) -> None:
    storage.wrong = wrong
    for _ in range(2):
        done = file_scan.scan(known_images())
        assert (done.changed, done.gone) == (0, 0)
        assert "storage gives" in done.problems[0]
        let_second_looks_come()
    assert embed_all() == 0
    assert states() == {"ready"}
    assert all(map(is_served, images))
    storage.wrong = None
    assert file_scan.scan(known_images()).problems == []


@pytest.mark.parametrize("wrong", ["half", "empty", "page"])
def test_a_picture_that_the_shop_has_spoiled_fails_at_the_second_look_with_its_reason(
    images: list[IndexedImage], storage: Storage, embed_all: EmbedAll, wrong: str
) -> None:
    file, data = file_of(images[0]), file_of(images[0]).read_bytes()
    storage.wrong = wrong
    file.write_bytes(storage.gives(images[0].name, data))
    storage.wrong = None
    invalidate_files([images[0].product_id], [images[0].name])
    assert embed_all() == 0
    assert ImageEmbedding.objects.get(image=images[0]).state == "waiting"
    assert images[0].name in problem()
    assert embed_all() == 0
    assert images[0].name in problem(), "it is told as long as the picture waits"
    let_second_looks_come()
    assert worker.embed_batch().failed == 1
    code = {"half": "damaged", "empty": "empty", "page": "format"}[wrong]
    assert ImageEmbedding.objects.get(image=images[0]).error_code == code
    assert problem() == ""


def test_a_file_that_is_spoiled_unsaid_fails_once_scan_and_worker_have_looked_twice(
    images: list[IndexedImage], embed_all: EmbedAll
) -> None:
    file_of(images[0]).write_bytes(b"<html>")
    assert file_scan.scan(known_images()).changed == 0
    assert is_served(images[0])
    assert file_scan.scan(due_for_check(days=7)).changed == 0, "too soon"
    let_second_looks_come()
    assert file_scan.scan(due_for_check(days=7)).changed == 1
    assert embed_all() == 0
    assert is_served(images[0])
    let_second_looks_come()
    assert worker.embed_batch().failed == 1
    assert not is_served(images[0])


def test_a_doubt_of_the_scan_that_was_unfounded_is_forgotten(
    images: list[IndexedImage],
) -> None:
    data = file_of(images[0]).read_bytes()
    file_of(images[0]).write_bytes(b"<html>")
    file_scan.scan(known_images())
    file_of(images[0]).write_bytes(data)
    assert file_scan.scan(due_for_check(days=7)).read == 1
    assert file_scan.scan(due_for_check(days=7)).read == 0
    assert is_served(images[0])


def test_a_picture_that_failed_by_wrong_bytes_heals_by_the_next_scan(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    """In a shop of so few pictures that the storage cannot be told from them."""
    make_shown(shape())
    embed_all()
    image = IndexedImage.objects.get()
    data = file_of(image).read_bytes()
    file_of(image).write_bytes(b"<html>")
    image_rows.requeue(IndexedImage.objects.all())
    embed_all()
    let_second_looks_come()
    assert worker.embed_batch().failed == 1
    file_of(image).write_bytes(data)
    assert file_scan.scan(due_for_check(days=7)).changed == 1
    assert embed_all() == 1


@pytest.mark.parametrize("data", [b"", b"<html>", shape()[:600]])
def test_a_new_picture_that_is_damaged_fails_at_once(
    make_shown: MakeShown, embed_all: EmbedAll, data: bytes
) -> None:
    make_shown(data)
    assert worker.embed_batch().failed == 1


def test_a_new_picture_that_is_shorter_than_its_size_in_the_storage_waits_and_heals(
    make_shown: MakeShown, storage: Storage, embed_all: EmbedAll
) -> None:
    make_shown(shape())
    storage.wrong = "half"
    assert embed_all() == 0
    assert (states(), worker.embed_batch().failed) == ({"waiting"}, 0)
    storage.wrong = None
    let_second_looks_come()
    assert embed_all() == 1


def test_a_replaced_file_is_not_held_up_by_the_doubt_of_the_one_before(
    images: list[IndexedImage], embed_all: EmbedAll
) -> None:
    file_of(images[0]).write_bytes(b"<html>")
    image_rows.requeue(IndexedImage.objects.filter(pk=images[0].pk))
    assert embed_all() == 0
    file_of(images[0]).write_bytes(shape("bars"))
    invalidate_files([images[0].product_id], [images[0].name])
    assert embed_all() == 1


def test_a_doubt_costs_no_attempt(images: list[IndexedImage], embed_all: EmbedAll) -> None:
    file_of(images[0]).write_bytes(b"<html>")
    image_rows.requeue(IndexedImage.objects.filter(pk=images[0].pk))
    embed_all()
    assert ImageEmbedding.objects.get(image=images[0]).attempts == 0
