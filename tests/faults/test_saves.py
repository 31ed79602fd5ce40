"""What a save does, and does not do, to the rows and to the queue of a real broker."""

from hashlib import sha256
from pathlib import Path

import pytest
from celery import current_app
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import Settings

from shop.models import ProductImage
from vrs_app.indexing import enqueue
from vrs_app.models import Change, ImageEmbedding, IndexedImage, ProductText
from vrs_app.receivers import paused
from vrs_app.testing import drain

from ..conftest import EmbedAll, MakeShown
from ..shapes import shape
from .stage import in_queue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def a_storage_that_overwrites(settings: Settings) -> None:
    """As that of S3 does by default."""
    backend = "django.core.files.storage.FileSystemStorage"
    overwrites = {"BACKEND": backend, "OPTIONS": {"allow_overwrite": True}}
    settings.STORAGES = settings.STORAGES | {"default": overwrites}


def test_a_saved_picture_rings_when_the_transaction_has_committed(save_shown: MakeShown) -> None:
    with transaction.atomic():
        save_shown(shape())
        assert in_queue() == 0
    assert in_queue() == 1


def test_a_rolled_back_save_leaves_no_row_and_rings_nothing(save_shown: MakeShown) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        save_shown(shape())
        raise ZeroDivisionError
    assert not Change.objects.exists()
    assert not IndexedImage.objects.exists()
    assert in_queue() == 0


def test_many_saves_in_one_transaction_ring_once(save_shown: MakeShown) -> None:
    with transaction.atomic():
        for seed in range(20):
            save_shown(shape(seed=seed))
    assert IndexedImage.objects.count() == 20
    assert in_queue() == 1


def test_loading_fixtures_is_noted_for_the_sweep_and_rings_nothing(
    save_shown: MakeShown, tmp_path: Path
) -> None:
    with paused():
        product = save_shown(shape())
    fixture = tmp_path / "products.json"
    call_command("dumpdata", "shop", output=str(fixture), verbosity=0)
    product.delete()
    call_command("loaddata", str(fixture), verbosity=0)
    assert not IndexedImage.objects.exists()
    assert in_queue() == 0
    drain()
    assert IndexedImage.objects.get().name == ProductImage.objects.get().image.name


def test_an_import_that_pauses_the_hooks_notes_nothing_and_rings_nothing(
    save_shown: MakeShown,
) -> None:
    with paused():
        save_shown(shape())
    assert (Change.objects.count(), IndexedImage.objects.count(), in_queue()) == (0, 0, 0)


def test_a_new_price_reads_no_file_and_runs_no_model(
    save_shown: MakeShown, embed_all: EmbedAll
) -> None:
    with paused():
        product = save_shown(shape())
    product.images.get().save()
    assert embed_all() == 1
    before = ImageEmbedding.objects.values().get()
    Path(product.images.get().image.path).unlink()  # whoever reads it now trips
    product.price += 1
    product.save()
    product.images.get().save()
    assert embed_all() == 0
    assert ImageEmbedding.objects.values().get() == before


@pytest.mark.usefixtures("a_storage_that_overwrites")
def test_new_bytes_under_the_same_name_are_embedded_anew(
    save_shown: MakeShown, embed_all: EmbedAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enqueue, "INTERVAL", 0.0)
    picture = save_shown(shape("disc")).images.get()
    embed_all()
    name, rung = picture.image.name, in_queue()
    picture.image = ContentFile(shape("bars"), Path(str(name)).name)
    picture.save()
    assert picture.image.name == name
    assert in_queue() == rung + 1
    assert not ImageEmbedding.objects.filter(ImageEmbedding.is_servable()).exists()
    assert embed_all() == 1
    row = ImageEmbedding.objects.filter(ImageEmbedding.is_servable()).get()
    assert row.digest == sha256(shape("bars")).hexdigest()


def test_deleting_a_product_in_sql_takes_its_rows_along(
    save_shown: MakeShown, embed_all: EmbedAll
) -> None:
    product = save_shown(shape())
    assert embed_all() == 1
    ProductImage.objects.all()._raw_delete(using="default")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM shop_product WHERE id = %s", [product.pk])
    assert not IndexedImage.objects.exists()
    assert not ImageEmbedding.objects.exists()
    assert not ProductText.objects.exists()


def test_saves_within_the_interval_ring_once(
    save_shown: MakeShown, embed_all: EmbedAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enqueue, "INTERVAL", 60.0)
    for seed in range(3):
        save_shown(shape(seed=seed))
    assert in_queue() == 1
    assert embed_all() == 3


def test_no_test_and_no_shop_of_ours_runs_its_tasks_in_the_saving_process() -> None:
    """Eager tasks hide what a queue does: serialising, forking, being away."""
    assert not current_app.conf.task_always_eager
    root = Path(__file__).resolve().parents[2]
    files = [file for room in ("shop", "tests", "vrs_app") for file in (root / room).rglob("*.py")]
    naming = [file for file in files if "always_eager" in file.read_text().lower()]
    assert naming == [Path(__file__).resolve()]
