"""What a save appends to the outbox, and that nothing in it can hurt the shop's save."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.files.base import ContentFile
from django.db import ProgrammingError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from shop.models import Category, Product, ProductImage
from vrs_app.indexing import enqueue
from vrs_app.indexing.outbox import append as outbox
from vrs_app.indexing.outbox.append import Note, append, append_new
from vrs_app.infra import schema
from vrs_app.infra.transactions import forget_noted
from vrs_app.models import Change, ImageEmbedding, IndexedImage
from vrs_app.receivers import paused

from ...conftest import EmbedAll, MakeShown
from ...crashing import holding
from ...shapes import shape

pytestmark = pytest.mark.django_db

Log = pytest.LogCaptureFixture
FUNCTION = "vrs_append_change(text, text, text[], text[], text[])"


@pytest.fixture
def product(make_shown: MakeShown) -> Product:
    """With one picture; the outbox is empty."""
    return make_shown(shape())


@pytest.fixture
def told(caplog: Log, monkeypatch: pytest.MonkeyPatch) -> Log:
    """What is logged."""
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    caplog.clear()
    return caplog


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    batches: list[str] = []
    monkeypatch.setattr(enqueue, "enqueue_batch", lambda: batches.append("batch"))
    return batches


def noted() -> list[tuple[str, str, str]]:
    return list(Change.objects.order_by("pk").values_list("model", "key", "product"))


def note_of(product: Product) -> tuple[str, str, str]:
    return ("shop.product", str(product.pk), str(product.pk))


# --- what is appended --------------------------------------------------------------------------


def test_a_row_names_what_was_saved_and_its_product(product: Product) -> None:
    picture = product.images.get()
    picture.save()
    assert noted() == [("shop.productimage", str(picture.pk), str(product.pk))]


@pytest.mark.django_db(transaction=True)
def test_a_product_is_appended_once_a_transaction(product: Product) -> None:
    with transaction.atomic():
        for _ in range(3):
            product.save()
            product.images.get().save()
    assert noted() == [note_of(product)]
    product.save()
    assert noted() == [note_of(product)] * 2


@pytest.mark.django_db(transaction=True)
def test_what_was_appended_before_a_savepoint_needs_no_second_row_in_it(product: Product) -> None:
    with transaction.atomic():
        product.save()
        with transaction.atomic():
            product.save()
        product.save()
    assert noted() == [note_of(product)]


@pytest.mark.django_db(transaction=True)
def test_a_product_is_appended_again_after_a_savepoint_was_rolled_back(product: Product) -> None:
    with transaction.atomic():
        with transaction.atomic():
            product.save()
            transaction.set_rollback(True)
        product.save()
    assert noted() == [note_of(product)]


@pytest.mark.django_db(transaction=True)
def test_a_product_is_appended_again_after_a_rollback_to_a_savepoint_made_by_hand(
    product: Product,
) -> None:
    with transaction.atomic():
        savepoint = transaction.savepoint()
        product.save()
        transaction.savepoint_rollback(savepoint)
        product.save()
    assert noted() == [note_of(product)]


@pytest.mark.django_db(transaction=True)
def test_a_save_that_is_rolled_back_leaves_no_row(product: Product, enqueued: list[str]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        product.save()
        assert noted()
        raise ZeroDivisionError
    assert noted() == []
    assert enqueued == []


@pytest.mark.parametrize("by", ["block", "setting"])
def test_what_is_paused_appends_nothing(product: Product, settings: Settings, by: str) -> None:
    other = override_settings(VRS={**settings.VRS, "PAUSED": True})
    with paused() if by == "block" else other:
        product.save()
        product.images.get().delete()
    assert noted() == []


def test_a_raw_save_is_appended_and_enqueues_nothing(
    product: Product,
    enqueued: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    connection.run_on_commit.clear()
    with django_capture_on_commit_callbacks(execute=True):
        product.save_base(raw=True)
    assert noted() == [note_of(product)]
    assert enqueued == []


@pytest.mark.django_db(transaction=True)
def test_saves_of_one_process_enqueue_at_most_once_a_second(
    product: Product, enqueued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(enqueue, "_enqueued_at", float("-inf"))
    monkeypatch.setattr("vrs_app.indexing.enqueue.time.monotonic", lambda: now)
    product.save()
    now += 0.9 * enqueue.INTERVAL
    product.save()
    assert enqueued == ["batch"]
    now += 0.2 * enqueue.INTERVAL
    product.save()
    assert enqueued == ["batch"] * 2


def test_the_products_of_a_queryset_are_one_statement_and_are_not_fetched(
    product: Product,
) -> None:
    shelf = product.category
    Product.objects.bulk_create(
        Product(name="x", slug=f"x-{n}", price=1, category=shelf) for n in range(299)
    )
    keys = Product.objects.filter(category=shelf).values_list("pk", flat=True)
    note = Note(model="shop.category", key=str(shelf.pk), products=keys)
    with CaptureQueriesContext(connection) as queries:
        append(note, "default")
    statements = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
    assert len(statements) == 1
    named = [row for row in noted() if row[0]]
    assert named == [("shop.category", str(shelf.pk), "")]
    products = {row[2] for row in noted() if not row[0]}
    assert products == {str(key) for key in keys}
    assert len(products) == 300


def test_a_row_of_several_products_is_appended_though_these_are(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others may belong to it by the time that a worker looks."""
    first, second = make_shown(), make_shown()
    note = Note(model="shop.category", key="1", products=[first.pk, second.pk])
    with transaction.atomic():
        first.save()
        second.save()
        outbox.append(note, "default")
    assert ("shop.category", "1", "") in noted()


def test_a_queryset_that_can_find_nothing_names_its_row(product: Product) -> None:
    append(Note(model="shop.category", key="7", products=Product.objects.none()), "default")
    assert noted() == [("shop.category", "7", "")]


def test_what_waits_already_is_not_appended_by_a_worker(make_shown: MakeShown) -> None:
    first, second = make_shown(), make_shown()
    append_new({first.pk})
    append_new({first.pk, second.pk})
    assert noted() == [("", "", str(first.pk)), ("", "", str(second.pk))]


# --- files -------------------------------------------------------------------------------------


def test_a_file_of_two_products_is_withheld_of_the_one_that_lost_it(
    make_shown: MakeShown,
) -> None:
    kept, lost = make_shown(shape()), make_shown()
    picture = ProductImage.objects.create(product=lost, image=kept.images.get().image.name)
    IndexedImage.objects.create(product=lost, name=str(picture.image.name))
    picture.delete()
    withheld = IndexedImage.objects.filter(withheld_at__isnull=False)
    assert withheld.get().product_id == lost.pk


def test_overwritten_bytes_belong_to_the_name_whoever_shows_it(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    overwrites = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    overwrites |= {"OPTIONS": {"allow_overwrite": True}}  # type: ignore[dict-item]
    settings.STORAGES = {**settings.STORAGES, "default": overwrites}
    first, second = make_shown(shape()), make_shown()
    picture = first.images.get()
    ProductImage.objects.create(product=second, image=picture.image.name)
    assert embed_all() == 2
    stem = str(picture.image.name).removeprefix("products/")
    picture.image.save(stem, ContentFile(shape("bars")))
    assert not ImageEmbedding.objects.filter(ImageEmbedding.is_servable()).exists()
    assert embed_all() == 2


# --- what goes wrong ---------------------------------------------------------------------------


@contextmanager
def without(kind: str) -> Iterator[None]:
    """The table or the function is not there."""
    name, other = ("vrs_app_change", "not_yet")
    if kind == "FUNCTION":
        name, other = FUNCTION, "not_yet(text, text, text[], text[], text[])"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER {kind} {name} RENAME TO not_yet")
        yield
        cursor.execute(f"ALTER {kind} {other} RENAME TO {name.partition('(')[0]}")


@pytest.mark.parametrize("kind", ["TABLE", "FUNCTION"])
def test_what_is_not_migrated_fails_no_save(product: Product, told: Log, kind: str) -> None:
    outbox.forget_where_ready()
    with without(kind), transaction.atomic():
        product.name = "Skirt"
        product.save()
        assert Product.objects.get().name == "Skirt"
    assert "not migrated" in told.text
    outbox.forget_where_ready()
    product.save()
    assert noted() == [note_of(product)]


def test_a_table_that_is_dropped_beneath_a_running_process_fails_no_save(
    product: Product, told: Log
) -> None:
    product.save()
    forget_noted("default")
    with without("TABLE"), transaction.atomic():
        product.name = "Skirt"
        product.save()
        assert Product.objects.get().name == "Skirt"
    assert "vrs_app_change" in told.text


FULL_DISK = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$;
    CREATE TRIGGER full_disk BEFORE INSERT ON vrs_app_change EXECUTE FUNCTION full_disk()
"""


def test_a_full_disk_of_the_outbox_fails_no_save(product: Product, told: Log) -> None:
    """By a trigger that raises what PostgreSQL raises then."""
    forget_noted("default")
    with connection.cursor() as cursor:
        cursor.execute(FULL_DISK)
    with transaction.atomic():
        product.name = "Skirt"
        product.save()
        assert Product.objects.get().name == "Skirt"
    assert "could not extend file" in told.text
    assert noted() == []


LOCKS = {
    "outbox": "LOCK TABLE vrs_app_change IN ACCESS EXCLUSIVE MODE",
    "picture": "SELECT FROM vrs_app_indexedimage FOR UPDATE",
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("held", LOCKS)
def test_a_lock_that_another_holds_fails_no_save(product: Product, told: Log, held: str) -> None:
    with holding(LOCKS[held]), transaction.atomic():
        product.images.get().delete()
        assert not ProductImage.objects.exists()
        category = Category.objects.create(name="usable", slug="usable")
    assert Category.objects.filter(pk=category.pk).exists()
    assert not ProductImage.objects.exists()
    assert "lock timeout" in told.text
    # A picture that could not be withheld is noted all the same.
    assert bool(noted()) == (held == "picture")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_shops_statement_timeout_fails_no_save(product: Product, told: Log) -> None:
    with holding(LOCKS["outbox"]), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '100ms'")
        product.name = "Skirt"
        product.save()
        assert Product.objects.get().name == "Skirt"
    assert Product.objects.get().name == "Skirt"
    assert "statement timeout" in told.text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_shops_own_lock_timeout_stays_as_it_is(product: Product) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '7s'")
        product.save()
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("7s",)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_product_that_could_not_be_appended_is_appended_by_the_next_save(
    product: Product,
) -> None:
    with transaction.atomic():
        with holding(LOCKS["outbox"]):
            product.save()
        product.save()
    assert noted() == [note_of(product)]


@pytest.mark.django_db(transaction=True)
def test_a_save_without_autocommit_is_appended_in_the_shops_transaction(
    product: Product,
) -> None:
    transaction.set_autocommit(False)
    try:
        product.save()
        transaction.rollback()
        assert noted() == []
        product.save()
        transaction.commit()
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
    assert noted() == [note_of(product)]


def test_a_save_by_a_role_that_may_not_call_the_function_goes_through(
    product: Product, told: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_ready", set())
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE vrs_test_web")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO vrs_test_web")
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION {FUNCTION} FROM PUBLIC")
        cursor.execute("SET LOCAL ROLE vrs_test_web")
        product.save()
        cursor.execute("RESET ROLE")
    assert noted() == []
    assert "not granted" in told.text


@pytest.mark.django_db(transaction=True)
def test_a_save_after_a_raw_one_enqueues(
    product: Product, enqueued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a version is reverted, and its relations are set afterwards."""
    monkeypatch.setattr(enqueue, "_enqueued_at", float("-inf"))
    with transaction.atomic():
        product.save_base(raw=True)
    assert not enqueued
    with transaction.atomic():
        product.save_base(raw=True)
        product.save()
    assert enqueued == ["batch"]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_a_dropped_function_aborts_is_not_lost_unsaid(product: Product) -> None:
    """Its COMMIT would be a rollback. The next save knows that the function is gone."""
    product.save()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP FUNCTION {FUNCTION}")
    try:
        with pytest.raises(ProgrammingError), transaction.atomic():
            product.save()
        product.name = "Skirt"
        with transaction.atomic():
            product.save()
        assert Product.objects.get().name == "Skirt"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(schema.FUNCTION_SQL)
