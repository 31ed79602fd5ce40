import pytest
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from shop.models import Product, ProductImage
from vrs_app.indexing import catalogue_batches, image_rows
from vrs_app.models import IndexedImage
from vrs_app.receivers import paused
from vrs_app.testing import drain

from ..comparing import sync, sync_all
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
    assert sync(product).pictures == 2
    assert names_of(product) == [second.image.name, first.image.name]


def test_a_second_look_finds_nothing_to_change(make_shown: MakeShown) -> None:
    make_shown(shape("disc"), shape("bars"))
    assert sync_all().pictures == 0


def test_what_sent_no_signal_is_found(make_shown: MakeShown) -> None:
    product = make_shown(shape("disc"))
    name = product.images.get().image.name
    ProductImage.objects.bulk_create([ProductImage(product=product, image="products/b.jpg")])
    assert sync_all().pictures == 1
    ProductImage.objects.filter(image=name)._raw_delete(using="default")
    assert sync_all().pictures >= 1
    assert names_of(product) == ["products/b.jpg"]


def test_the_same_file_twice_in_a_gallery_is_one_row(make_shown: MakeShown) -> None:
    product = make_shown(shape("disc"))
    twin = product.images.get()
    twin.pk = None
    twin.save()
    drain()
    assert len(names_of(product)) == 1


def test_a_catalogue_of_any_length_is_read_in_chunks(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_batches, "PRODUCTS_PER_BATCH", 2)
    with paused():
        for _ in range(5):
            make_shown(shape("disc"))
    assert sync_all().pictures == 5
    assert IndexedImage.objects.count() == 5


def test_looking_through_takes_a_few_queries_a_chunk(
    make_shown: MakeShown, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(8):
        make_shown(shape("disc"))
    with django_assert_max_num_queries(13):  # four of them of the transaction and its settings
        sync_all()


def test_what_decides_what_is_written_is_not_read_from_a_replica(
    make_shown: MakeShown, settings: Settings
) -> None:
    product = make_shown(shape("disc"), shape("bars"))
    settings.DATABASE_ROUTERS = [ReadsElsewhere()]
    assert sync(product).pictures == sync_all().pictures == 0
    unseen = ProductImage.objects.using("default")
    unseen.bulk_create([ProductImage(product=product, image="products/c.jpg")])
    assert sync(product).pictures >= 1
    unseen.filter(position=0).update(position=9)
    assert sync(product).pictures >= 1


def test_new_bytes_empty_the_digest_and_asking_again_does_not(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    make_shown(shape("disc"))
    embed_all()
    row = IndexedImage.objects.get()
    image_rows.requeue(IndexedImage.objects.all())
    asked = IndexedImage.objects.get()
    assert (asked.revision, asked.digest) == (row.revision + 1, row.digest)
    image_rows.invalidate(IndexedImage.objects.filter(name=row.name))
    changed = IndexedImage.objects.get()
    assert (changed.revision, changed.digest) == (row.revision + 2, "")


def test_a_row_that_a_save_withheld_again_meanwhile_is_not_restored(
    make_shown: MakeShown,
) -> None:
    product = make_shown(shape())
    IndexedImage.objects.update(withheld_at=Now())
    shown = {product.pk: names_of(product)}
    found = image_rows.differences(image_rows.stored([product.pk]), shown)
    IndexedImage.objects.update(withheld_at=timezone.now())  # not the transaction's time
    image_rows.write(found)
    assert IndexedImage.objects.get().withheld_at
    image_rows.write(image_rows.differences(image_rows.stored([product.pk]), shown))
    assert IndexedImage.objects.get().withheld_at is None


def test_a_product_that_raised_keeps_its_rows_and_one_that_is_gone_loses_them(
    make_shown: MakeShown,
) -> None:
    raised, gone = make_shown(shape()), make_shown(shape("bars"))
    rows = image_rows.stored([raised.pk, gone.pk])
    found = image_rows.differences({gone.pk: rows[gone.pk]}, {})
    assert found.gone == [IndexedImage.objects.get(product=gone)]
