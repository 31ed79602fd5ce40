"""What a migration does to rows that are there, on the real tables."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from vrs_app import indexing
from vrs_app.models import ImageEmbedding, IndexedImage

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
    indexing.embed_batch()
    before = IndexedImage.objects.get()
    migrate(("vrs_app", "0002_producttext"))
    migrate()
    row = IndexedImage.objects.get()
    assert (row.colours, row.revision, row.digest) == ({}, before.revision + 1, before.digest)
    assert ImageEmbedding.objects.filter(ImageEmbedding.is_servable()).exists()
    assert indexing.embed_batch().ready == 1
    assert next(iter(IndexedImage.objects.get().colours)) == "red"
