from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from shop.models import Product, ProductImage
from vrs_app.indexing import catalogue_batches, image_rows
from vrs_app.models import IndexedImage
from vrs_app.receivers import paused

from ..conftest import EmbedAll, MakeShown
from ..replicas import ReadsElsewhere
from ..shapes import shape

pytestmark = pytest.mark.django_db


def names_of(product: Product) -> list[str]:
    found = IndexedImage.objects.filter(product=product).order_by("position")
    return [row.name for row in found]


def test_rows_follow_the_gallery_in_its_order(make_shown: MakeShown) -> None:
    product = make_shown(shape("disc"), shape("bars"))
    first, second = product.images.all()
    assert names_of(product) == [first.image.name, second.image.name]
    ProductImage.objects.filter(pk=first.pk).update(position=9)
    assert image_rows.sync([product.pk]) == 2
    assert names_of(product) == [second.image.name, first.image.name]


def test_a_second_look_finds_nothing_to_change(make_shown: MakeShown) -> None:
    make_shown(shape("disc"), shape("bars"))
    assert image_rows.sync_everything().changes == 0


def test_what_sent_no_signal_is_found(make_shown: MakeShown) -> None:
    product = make_shown(shape("disc"))
    name = product.images.get().image.name
    ProductImage.objects.bulk_create([ProductImage(product=product, image="products/b.jpg")])
    assert image_rows.sync_everything().changes == 1
    ProductImage.objects.filter(image=name)._raw_delete(using="default")
    assert image_rows.sync_everything().changes >= 1
    assert names_of(product) == ["products/b.jpg"]


def test_the_same_file_twice_in_a_gallery_is_one_row(make_shown: MakeShown) -> None:
    product = make_shown(shape("disc"))
    twin = product.images.get()
    twin.pk = None
    twin.save()
    assert len(names_of(product)) == 1


def test_a_catalogue_of_any_length_is_read_in_chunks(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_batches, "PRODUCTS_PER_BATCH", 2)
    with paused():
        for _ in range(5):
            make_shown(shape("disc"))
    assert image_rows.sync_everything().changes == 5
    assert IndexedImage.objects.count() == 5


def test_looking_through_takes_a_few_queries_a_chunk(
    make_shown: MakeShown, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(8):
        make_shown(shape("disc"))
    with django_assert_max_num_queries(6):
        image_rows.sync_everything()


def test_what_decides_what_is_written_is_not_read_from_a_replica(
    make_shown: MakeShown, settings: Settings
) -> None:
    product = make_shown(shape("disc"), shape("bars"))
    settings.DATABASE_ROUTERS = [ReadsElsewhere()]
    assert image_rows.sync([product.pk]) == image_rows.sync_everything().changes == 0
    unseen = ProductImage.objects.using("default")
    unseen.bulk_create([ProductImage(product=product, image="products/c.jpg")])
    assert image_rows.sync([product.pk]) >= 1
    unseen.filter(position=0).update(position=9)
    assert image_rows.sync([product.pk]) >= 1


def test_new_bytes_empty_the_digest_and_asking_again_does_not(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = make_shown(shape("disc"))
    embed_all()
    row = IndexedImage.objects.get()
    image_rows.requeue(IndexedImage.objects.all())
    asked = IndexedImage.objects.get()
    assert (asked.revision, asked.digest) == (row.revision + 1, row.digest)
    image_rows.invalidate_files([product], [row.name])
    changed = IndexedImage.objects.get()
    assert (changed.revision, changed.digest) == (row.revision + 2, "")


def test_no_row_is_made_while_a_product_may_be_on_its_way_out(make_shown: MakeShown) -> None:
    with paused():
        product = make_shown(shape("disc"))
    assert image_rows.sync([product.pk], may_create=False) == 0
    assert not IndexedImage.objects.exists()


def test_a_picture_that_another_process_noted_meanwhile_is_no_error(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_shown(shape("disc"))
    picture = ContentFile(shape("bars"), "late.jpg")
    late = ProductImage.objects.create(product=product, image=picture, position=1)
    twin = IndexedImage(product=product, name=str(late.image.name), position=1)
    image_rows._write([twin], [], [])
    assert len(names_of(product)) == 2


def test_a_picture_added_while_we_look_keeps_its_row(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_shown(shape("disc"))
    read_pictures = image_rows._expected

    def read_late(keys: Iterable[Any]) -> Iterator[IndexedImage]:
        monkeypatch.undo()
        file = ContentFile(shape("bars"), "meanwhile.jpg")
        ProductImage.objects.create(product=product, image=file, position=1)
        yield from read_pictures(keys)

    monkeypatch.setattr(image_rows, "_expected", read_late)
    image_rows.sync([product.pk])
    assert len(names_of(product)) == 2


def test_a_picture_removed_while_we_look_gets_no_row_again(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_shown(shape())
    IndexedImage.objects.all().delete()
    write = image_rows._write

    def write_late(*found: Any) -> int:
        monkeypatch.undo()
        with paused():
            product.images.all().delete()
        return write(*found)

    monkeypatch.setattr(image_rows, "_write", write_late)
    image_rows.sync_everything()
    assert not IndexedImage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_product_deleted_while_we_look_is_no_error(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    with paused():
        kept, gone = make_shown(shape("disc")), make_shown(shape("bars"))
    write = image_rows._write

    def delete_elsewhere() -> None:
        gone.delete()
        connection.close()

    def write_late(*found: Any) -> int:
        monkeypatch.undo()
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(delete_elsewhere).result(20)
        return write(*found)

    monkeypatch.setattr(image_rows, "_write", write_late)
    assert image_rows.sync_everything().changes == 1
    assert IndexedImage.objects.get().product_id == kept.pk
