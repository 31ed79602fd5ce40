"""What PostgreSQL and pgvector do to a search, with committed rows and new connections."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from shop.models import Category, Product
from vrs_app import spaces
from vrs_app.catalogue import catalogue
from vrs_app.embedders import Vectors
from vrs_app.embedders.handcrafted import HandcraftedEmbedder
from vrs_app.indexing import worker
from vrs_app.models import EmbeddingSpace, Heartbeat, ImageEmbedding
from vrs_app.queries import similar_to
from vrs_app.queries.knn_sql import exact_scan, index_settings, pictures_by_distance, stored_vector
from vrs_app.reports import status

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..processes import shared_environment
from ..shapes import shape
from ..vectors import fill

pytestmark = pytest.mark.django_db(transaction=True)


def execute(*statements: str) -> list[Any]:
    """The rows of the last statement."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def thousand(make_shown: MakeShown, embed_all: EmbedAll) -> Iterator[Product]:
    """A product among a thousand, in a table that nobody vacuums."""
    product = make_shown(shape())
    embed_all()
    execute("ALTER TABLE vrs_app_imageembedding SET (autovacuum_enabled = off)")
    fill(1000, category=Category.objects.get())
    yield product
    execute("ALTER TABLE vrs_app_imageembedding RESET (autovacuum_enabled)")


@pytest.fixture
def space(make_shown: MakeShown, embed_all: EmbedAll) -> EmbeddingSpace:
    make_shown(shape())
    embed_all()
    space = spaces.active()
    assert space is not None
    return space


def truly_nearest(product: Product, count: int) -> list[int]:
    query = stored_vector(product)
    assert query is not None
    pictures = pictures_by_distance(query, catalogue().visible(), [product.pk])
    return [row["product_id"] for row in exact_scan(pictures)[:count]]


def by_a_plain_index_scan(product: Product, count: int) -> int:
    """How many rows pgvector finds as it is without any setting."""
    query = stored_vector(product)
    assert query is not None
    statement = (
        "SELECT pk FROM (SELECT id AS pk FROM vrs_app_imageembedding "
        f"WHERE space_id = {query.space_id} AND vector IS NOT NULL "
        f"ORDER BY vector::halfvec({query.dimensions}) <=> (SELECT vector FROM "
        f"vrs_app_imageembedding WHERE id = {query.embedding_id}) LIMIT {count}) found"
    )
    return len(execute("SET enable_seqscan = off", "SET enable_sort = off", statement))


@pytest.mark.slow
@pytest.mark.parametrize("dead", [40, 300])
def test_dead_neighbours_that_nobody_vacuumed_shorten_no_answer(
    thousand: Product, dead: int, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"EF_SEARCH": 40}
    Product.objects.filter(pk__in=truly_nearest(thousand, dead)).delete()
    assert by_a_plain_index_scan(thousand, 12) < 12, "or there is no fault to be seen"
    execute("RESET enable_seqscan", "RESET enable_sort")
    found = [item.product.pk for item in similar_to(thousand, limit=12)]
    assert len(set(found) & set(truly_nearest(thousand, 12))) >= 11
    assert len(found) == 12


def test_the_settings_hold_on_a_connection_that_has_not_loaded_pgvector_yet(
    look_alikes: LookAlikes,
) -> None:
    query = stored_vector(look_alikes["disc"][0])
    assert query is not None
    pictures = pictures_by_distance(query, catalogue().visible(), [])
    connection.close()
    with index_settings("default", rows=2000):
        assert len(pictures[:20]) == 20
        assert execute("SHOW hnsw.iterative_scan") == [("strict_order",)]
        assert execute("SHOW hnsw.ef_search") == [("1000",)]


class Short(HandcraftedEmbedder):
    """Gives fewer numbers than it says."""

    def embed(self, pictures: Any) -> Vectors:
        vectors: Vectors = super().embed(pictures)[:, :100]
        return vectors


def test_a_vector_of_other_dimensions_is_never_stored(
    make_shown: MakeShown, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"EMBEDDER": f"{__name__}.Short"}
    make_shown(shape())
    with pytest.raises(Exception, match="expected 1728 dimensions, not 100"):
        worker.embed_batch()
    assert not ImageEmbedding.objects.exclude(vector=None).exists()
    assert "1728" in Heartbeat.objects.get(part=Heartbeat.Part.WORKER).problem


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/categories/disc/",
        "/search/?words=thing",
        "admin:shop_product_changelist",
        "admin:vrs_app_indexedimage_changelist",
        "product",
        "admin:product",
    ],
)
def test_no_list_no_page_and_no_form_fetches_a_vector(
    page: str, look_alikes: LookAlikes, client: Client
) -> None:
    """2,048 numbers for each row; the carousel packs the few that it compares."""
    product = look_alikes["disc"][0]
    address = {
        "product": product.get_absolute_url(),
        "admin:product": reverse("admin:shop_product_change", args=[product.pk]),
    }.get(page) or (reverse(page) if page.startswith("admin:") else page)
    client.force_login(User.objects.create_superuser("owner"))
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200
    # A column of the rows that are sent, not of a subquery that a distance is taken to.
    selected = re.compile(r'"vrs_app_imageembedding"\."vector"(?:,| FROM)')
    assert not [query["sql"] for query in asked if selected.search(query["sql"])]
    assert "halfvec" not in answer.content.decode().lower()


@pytest.mark.slow
def test_an_index_whose_building_was_cut_short_is_seen_and_mended(space: EmbeddingSpace) -> None:
    name = spaces.index_name(space)
    [(definition,)] = execute(f"SELECT pg_get_indexdef('{name}'::regclass)")
    execute(f"DROP INDEX {name}")
    with psycopg.connect(shared_environment()["DATABASE_URL"]) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT 1")  # whose snapshot the build has to wait for
        with pytest.raises(OperationalError, match="statement timeout"):
            execute(
                "SET statement_timeout = 2000",
                definition.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY"),
            )
    execute("RESET statement_timeout")
    found = status.collect().index
    assert (found["exists"], found["valid"]) == (True, False)
    call_command("vrs_embed", "--index", verbosity=0)
    assert status.collect().index["valid"]
