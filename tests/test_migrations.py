"""What a migration does to rows that are there, on the real tables."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from vrs_app.indexing import worker
from vrs_app.models import ImageEmbedding, IndexedImage, ProductText

from .comparing import sync_all
from .conftest import MakeShown
from .shapes import shape

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def migrate(*targets: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


@pytest.fixture
def put_back() -> Iterator[None]:
    yield
    migrate()


@pytest.mark.usefixtures("put_back")
def test_every_picture_waits_once_more_chunk_by_chunk(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("vrs_app.migrations.0004_measure_every_picture")
    assert not module.Migration.atomic
    monkeypatch.setattr(module, "CHUNK", 2)
    make_shown(*(shape(seed=seed) for seed in range(5)))
    migrate(("vrs_app", "0003_indexedimage_colours"))
    migrate()
    assert set(IndexedImage.objects.values_list("revision", flat=True)) == {2}


@pytest.mark.usefixtures("put_back")
def test_pictures_from_before_colours_are_measured_and_shown_meanwhile(
    make_shown: MakeShown,
) -> None:
    make_shown(shape("disc", "#c01f2a"))
    worker.embed_batch()
    before = IndexedImage.objects.get()
    migrate(("vrs_app", "0002_producttext"))
    migrate()
    row = IndexedImage.objects.get()
    assert (row.colours, row.revision, row.digest) == ({}, before.revision + 1, before.digest)
    assert ImageEmbedding.objects.filter(ImageEmbedding.is_servable()).exists()
    assert worker.embed_batch().ready == 1
    assert next(iter(IndexedImage.objects.get().colours)) == "red"


@pytest.mark.usefixtures("put_back")
def test_words_are_noted_as_written_only_when_they_are_next_compared(
    make_shown: MakeShown,
) -> None:
    make_shown(name="Leggings")
    row = ProductText.objects.get()
    migrate(("vrs_app", "0004_measure_every_picture"))
    with connection.cursor() as cursor:  # as the version before wrote it
        cursor.execute("UPDATE vrs_app_producttext SET digest = 'of the version before'")
    migrate()
    before = ProductText.objects.get()
    assert (before.words, before.begun) == (row.words, "")
    assert sync_all().words == 1
    assert ProductText.objects.get().begun == row.begun != ""


def test_the_version_before_goes_on_noting_words_while_a_new_one_is_rolled_out(
    make_shown: MakeShown,
) -> None:
    product = make_shown(name="Leggings")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM vrs_app_producttext")
        cursor.execute(
            "INSERT INTO vrs_app_producttext (product_id, digest, words) VALUES (%s, '', '')",
            [product.pk],
        )
    assert ProductText.objects.get().begun == ""


@pytest.mark.usefixtures("put_back")
def test_an_index_whose_build_was_broken_off_is_built_anew(make_shown: MakeShown) -> None:
    for _ in range(2):
        make_shown(name="Leggings")
    migrate(("vrs_app", "0005_producttext_begun"))
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError):  # two alike: what was begun stays, invalid
            cursor.execute(
                "CREATE UNIQUE INDEX CONCURRENTLY vrs_begun ON vrs_app_producttext (words)"
            )
        assert index_of_begun() == (False, "btree")
    migrate()
    assert index_of_begun() == (True, "gin")


def index_of_begun() -> tuple[bool, str]:
    """Whether it is whole, and of which kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid, amname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
            "JOIN pg_am ON pg_am.oid = relam WHERE relname = 'vrs_begun'"
        )
        is_valid, kind = cursor.fetchone()
        return is_valid, kind
