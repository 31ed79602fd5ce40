import logging
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser, User
from django.contrib.sessions.models import Session
from django.core import serializers
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.signals import post_save, pre_delete, pre_save
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from shop.models import Category, Product, ProductImage
from vrs_app import embedders, spaces
from vrs_app.catalogue import catalogue
from vrs_app.conf import conf
from vrs_app.indexing import claims, enqueue
from vrs_app.models import Change, ImageEmbedding, IndexedImage, ProductText
from vrs_app.receivers import connect, paused, saves
from vrs_app.receivers.watched import Watched, watched_models
from vrs_app.testing import drain

from .at_once import at_once
from .conftest import EmbedAll, MakeShown
from .replicas import ReadsElsewhere
from .shapes import shape

Capture = DjangoCaptureOnCommitCallbacks
pytestmark = pytest.mark.django_db


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A "batch" for each that was enqueued, without a broker."""
    batches: list[str] = []

    def enqueue_batch() -> None:
        batches.append("batch")

    monkeypatch.setattr(enqueue, "enqueue_batch", enqueue_batch)
    return batches


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pictures that were opened."""
    opened: list[str] = []
    real = FileSystemStorage.open

    def open(self: FileSystemStorage, name: str, mode: str = "rb") -> object:
        opened.append(name)
        return real(self, name, mode)

    monkeypatch.setattr(FileSystemStorage, "open", open)
    return opened


def servable() -> QuerySet[ImageEmbedding]:
    return ImageEmbedding.objects.filter(ImageEmbedding.is_servable())


def test_a_saved_picture_has_a_row_and_rings_when_the_transaction_commits(
    save_shown: MakeShown, enqueued: list[str], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        product = save_shown(shape())
        assert IndexedImage.objects.get().product_id == product.pk
        assert enqueued == []
    assert enqueued == ["batch"]


def test_a_rolled_back_save_leaves_no_row_and_rings_nothing(
    save_shown: MakeShown, enqueued: list[str], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        save_shown(shape())
        transaction.set_rollback(True)
    assert not IndexedImage.objects.exists()
    assert not Change.objects.exists()
    assert enqueued == []


def test_a_save_after_a_rolled_back_one_still_rings(
    save_shown: MakeShown, enqueued: list[str], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            save_shown(shape())
            transaction.set_rollback(True)
        save_shown(shape())
    assert enqueued == ["batch"]


@pytest.mark.slow
def test_a_thousand_saves_in_one_transaction_ring_once(
    save_shown: MakeShown, enqueued: list[str], django_capture_on_commit_callbacks: Capture
) -> None:
    with paused():
        picture = save_shown(shape()).images.get()
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(1000):
            picture.image = f"products/{number}.jpg"
            picture.save()
    drain()
    assert IndexedImage.objects.get().name == "products/999.jpg"
    assert enqueued == ["batch"]


def test_a_new_price_reads_no_file_and_asks_for_no_embedding(
    save_shown: MakeShown, embed_all: EmbedAll, files_read: list[str]
) -> None:
    product = save_shown(shape())
    embed_all()
    del files_read[:]
    product.price += 1
    product.save()
    product.images.get().save()
    assert drain() == embed_all() == 0
    assert files_read == []


def test_new_bytes_under_the_same_name_wait_and_are_not_shown(
    save_shown: MakeShown, embed_all: EmbedAll, media: Path
) -> None:
    product = save_shown(shape("disc"))
    embed_all()
    picture = product.images.get()
    Path(picture.image.path).unlink()  # so that the storage gives the same name again
    name = picture.image.name
    picture.image = ContentFile(shape("bars"), Path(str(name)).name)
    picture.save()
    assert picture.image.name == name
    assert IndexedImage.objects.get().digest == ""
    assert not servable().exists()
    assert embed_all() == 1
    assert servable().exists()


def test_a_replaced_picture_is_shown_no_more_and_then_takes_its_row_and_vector_away(
    save_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = save_shown(shape("disc"))
    embed_all()
    picture = product.images.get()
    picture.image = ContentFile(shape("bars"), "other.jpg")
    picture.save()
    assert not servable().exists()
    drain()
    assert IndexedImage.objects.get().name == picture.image.name
    assert ImageEmbedding.objects.get().vector is None


def test_a_picture_moved_to_another_product_leaves_the_first(save_shown: MakeShown) -> None:
    first, second = save_shown(shape("disc")), save_shown(shape("bars"))
    picture = first.images.get()
    picture.product = second
    picture.save()
    drain()
    assert not IndexedImage.objects.filter(product=first).exists()
    assert IndexedImage.objects.filter(product=second).count() == 2


def test_a_deleted_picture_is_shown_no_more_and_then_takes_its_row_along(
    save_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = save_shown(shape("disc"), shape("bars"))
    embed_all()
    product.images.all()[0].delete()
    name = product.images.get().image.name
    assert servable().get().image.name == name
    drain()
    assert IndexedImage.objects.get().name == name


def test_a_file_that_another_picture_of_the_product_shows_is_restored_with_its_vector(
    save_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = save_shown(shape("disc"))
    twin = product.images.get()
    twin.pk = None
    twin.save()
    embed_all()
    twin.delete()
    assert not servable().exists()
    drain()
    assert servable().exists()
    assert embed_all() == 0


def test_a_deletion_that_is_rolled_back_withholds_nothing(
    save_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = save_shown(shape("disc"))
    embed_all()
    with transaction.atomic():
        product.images.get().delete()
        transaction.set_rollback(True)
    assert servable().exists()
    assert not Change.objects.exists()


def test_a_deleted_product_takes_rows_and_vectors_along(
    save_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = save_shown(shape("disc"), shape("bars"))
    embed_all()
    product.delete()
    commit_cascades()
    assert not IndexedImage.objects.exists()
    assert not ImageEmbedding.objects.exists()


def commit_cascades() -> None:
    """What a commit does: the database deletes the rows of deleted products."""
    connection.check_constraints()


def test_products_deleted_in_bulk_take_their_rows_along(
    save_shown: MakeShown, embed_all: EmbedAll
) -> None:
    for _ in range(3):
        save_shown(shape("disc"), shape("bars"))
    embed_all()
    Product.objects.all().delete()
    commit_cascades()
    assert not IndexedImage.objects.exists()


@pytest.mark.parametrize("paused_by", ["setting", "block"])
def test_paused_hooks_note_nothing(save_shown: MakeShown, paused_by: str) -> None:
    from django.conf import settings

    if paused_by == "setting":
        with override_settings(VRS={**settings.VRS, "PAUSED": True}):
            save_shown(shape()).images.get().save()
    else:
        with paused():
            save_shown(shape()).images.get().save()
    assert not Change.objects.exists()
    assert not IndexedImage.objects.exists()
    save_shown(shape())
    assert IndexedImage.objects.count() == 1


def test_fixtures_are_noted_and_ring_nothing(
    save_shown: MakeShown, enqueued: list[str], django_capture_on_commit_callbacks: Capture
) -> None:
    product = save_shown(shape())
    dump = serializers.serialize("json", [*ProductImage.objects.all(), *Product.objects.all()])
    Product.objects.all().delete()
    commit_cascades()
    connection.run_on_commit.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for row in serializers.deserialize("json", dump):  # a picture, and then its product
            row.save()
    assert enqueued == []
    drain()
    assert IndexedImage.objects.get().product_id == product.pk
    assert ProductText.objects.exists()


def test_a_row_that_a_fixture_refers_to_and_does_not_hold_is_no_error(
    save_shown: MakeShown, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may come with the next one."""
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    monkeypatch.setattr(catalogue(), "products_of", lambda row: [row.product.pk])
    picture = serializers.serialize("json", save_shown(shape()).images.all())
    caplog.clear()
    for row in serializers.deserialize("json", picture.replace('"product": ', '"product": 9')):
        row.save()
    assert caplog.messages == []
    ProductImage.objects.all()._raw_delete("default")


@pytest.mark.parametrize("what", ["vrs_app_change", "vrs_app_indexedimage"])
def test_a_save_goes_through_before_our_tables_exist(
    save_shown: MakeShown,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    picture = save_shown(shape()).images.get()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {what} RENAME TO not_yet")
    with transaction.atomic():
        picture.product.save()
        picture.delete()
        assert Product.objects.get() == picture.product
    assert "not_noted" in caplog.text or "not_withheld" in caplog.text
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE not_yet RENAME TO {what}")


def failing_query(*arguments: object) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column")
    return []


def division(*arguments: object) -> float:
    return 1 / 0


@pytest.mark.parametrize(
    ("hook", "fault"),
    [
        ("products_of", failing_query),
        ("pictures", failing_query),
        ("products_of", division),
    ],
)
def test_a_fault_in_the_shops_catalogue_never_breaks_a_save(
    save_shown: MakeShown, monkeypatch: pytest.MonkeyPatch, hook: str, fault: object
) -> None:
    picture = save_shown(shape()).images.get()
    monkeypatch.setattr(catalogue(), hook, fault)
    with transaction.atomic():
        picture.position = 7
        picture.save()
        picture.product.save()
    picture.refresh_from_db()
    assert picture.position == 7


def test_a_row_whose_products_the_catalogue_cannot_name_is_noted_all_the_same(
    save_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker asks again."""
    with monkeypatch.context() as broken:
        broken.setattr(catalogue(), "products_of", failing_query)
        with paused():
            product = save_shown(shape())
        product.images.get().save()
    drain()
    assert IndexedImage.objects.get().product_id == product.pk


def test_a_fault_is_told_with_its_stack_once_and_then_in_a_line(
    save_shown: MakeShown, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class OnlyHereError(LookupError):
        """Told of by no other test."""

    def told_once(row: object) -> None:
        raise OnlyHereError

    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    monkeypatch.setattr(catalogue(), "products_of", told_once)
    save_shown(shape(), shape("bars"))
    told = [record for record in caplog.records if "save_not_noted" in record.message]
    assert len(told) >= 3
    assert told[0].exc_info
    assert not any(record.exc_info for record in told[-2:])


def test_a_save_is_noted_where_pages_read_from_a_replica(
    save_shown: MakeShown, settings: Settings
) -> None:
    product = save_shown(shape())
    settings.DATABASE_ROUTERS = [ReadsElsewhere()]
    product.name = "Skirt"
    product.save()
    product.images.get().delete()
    drain()
    assert "'skirt'" in str(ProductText.objects.using("default").get().words)
    assert not IndexedImage.objects.using("default").exists()


def test_a_model_that_no_one_watches_has_no_listener_of_ours() -> None:
    for signal in (pre_save, post_save, pre_delete):
        assert not signal.has_listeners(Session)
        assert signal.has_listeners(Product)
        assert signal.has_listeners(ProductImage)


def test_models_that_inherit_from_a_watched_one_are_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(catalogue(), "watched_models", lambda: [AbstractUser])
    assert list(watched_models()) == [User]


def test_a_category_of_many_products_is_one_statement(
    save_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def products_of(row: Category) -> QuerySet[Any, Any]:
        return Product.objects.filter(category=row).values_list("pk", flat=True)

    shelf = save_shown().category
    Product.objects.bulk_create(
        Product(name="x", slug=f"x-{n}", price=1, category=shelf) for n in range(299)
    )
    monkeypatch.setattr(catalogue(), "products_of", products_of)
    how: dict[Any, Watched] = {Category: Watched(model=Category)}
    monkeypatch.setattr(saves, "_watched", how)
    with CaptureQueriesContext(connection) as queries:
        saves.before_save(instance=shelf, sender=Category, using="default")
        saves.after_save(instance=shelf, sender=Category, using="default")
    statements = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
    assert len(statements) == 2, "the stored category, and all its products"
    assert Change.objects.count() == 301
    assert Change.objects.exclude(product="").values("product").distinct().count() == 300


def test_a_catalogue_that_cannot_be_asked_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    monkeypatch.setattr(catalogue(), "watched_models", division)
    connect()
    assert "saves_not_watched" in caplog.text


def test_deleting_a_product_reads_no_vector(
    save_shown: MakeShown, embed_all: EmbedAll, django_assert_max_num_queries: Any
) -> None:
    product = save_shown(shape())
    embed_all()
    with django_assert_max_num_queries(20) as captured:
        product.delete()
    assert not any('"vector"' in query["sql"] for query in captured.captured_queries)
    commit_cascades()
    assert not ImageEmbedding.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["product", "picture"])
def test_a_delete_goes_through_while_a_worker_adds_a_row_for_the_picture(
    save_shown: MakeShown, what: str
) -> None:
    product = save_shown(shape())
    space = spaces.space_of(conf.EMBEDDER, embedders.configured())
    gone = product if what == "product" else product.images.get()

    def claim() -> None:
        assert claims.claim_batch(space)

    at_once(claim, gone.delete)
    drain()
    assert not IndexedImage.objects.exists()
    assert not ImageEmbedding.objects.exists()
