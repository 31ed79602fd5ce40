from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shop.models import Category, Product, ProductImage
from vrs_app import spaces
from vrs_app.catalogue import catalogue
from vrs_app.conf import Settings as VrsSettings
from vrs_app.models import ImageEmbedding, IndexedImage
from vrs_app.queries import knn_sql, similar_to
from vrs_app.queries.knn import nearest_products
from vrs_app.queries.knn_sql import exact_scan, index_settings, pictures_by_distance, stored_vector

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape
from ..vectors import fill

pytestmark = pytest.mark.django_db


SET_HERE = (
    "hnsw.iterative_scan",
    "hnsw.ef_search",
    "hnsw.max_scan_tuples",
    "random_page_cost",
    "max_parallel_workers_per_gather",
)


def show(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        value: str = cursor.fetchone()[0]
    return value


@pytest.fixture
def hundreds(embed_all: EmbedAll, make_shown: MakeShown) -> Product:
    """A product among a thousand with realistic vectors."""
    product = make_shown(shape())
    embed_all()
    fill(1000, category=Category.objects.get())
    return product


def plan(product: Product, limit: int = 36) -> str:
    query = stored_vector(product)
    assert query is not None
    with index_settings("default", rows=1):
        pictures = pictures_by_distance(query, catalogue().visible(), [product.pk])
        return pictures[:limit].explain()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_query_takes_the_index_of_its_space(hundreds: Product, settings: Settings) -> None:
    """A deeper look costs more, and pays from some ten thousand products on."""
    settings.VRS = {**settings.VRS, "EF_SEARCH": 100}
    fill(2000, category=Category.objects.get(), prefix="More")
    space = spaces.active()
    assert space is not None
    assert f"Index Scan using {spaces.index_name(space)}" in plan(hundreds)


@pytest.mark.usefixtures("look_alikes")
def test_no_vector_leaves_the_database_to_be_searched_for() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert len(similar_to(Product.objects.order_by("pk")[0], limit=5)) == 5
    searched = [query["sql"] for query in queries if "<=>" in query["sql"]]
    assert searched
    assert all("'[" not in sql for sql in searched), "a vector written as text"


@pytest.mark.usefixtures("look_alikes")
def test_a_vector_that_is_deleted_before_it_is_searched_for_finds_nothing() -> None:
    product = Product.objects.order_by("pk")[0]
    vector = stored_vector(product)
    assert vector is not None
    ImageEmbedding.objects.filter(pk=vector.embedding_id).delete()
    assert nearest_products(vector, Product.objects.all(), count=5, threshold=-1, exclude=()) == []


@pytest.mark.slow
def test_a_filter_inside_the_search_shortens_no_answer(hundreds: Product) -> None:
    few = Product.objects.filter(price__lt=3)
    assert few.count() < 40
    assert len(similar_to(hundreds, queryset=few, limit=12)) == 12


@pytest.mark.slow
def test_a_filter_of_few_finds_the_truly_nearest(hundreds: Product) -> None:
    """Twelve rows, and at least 98 in 100 of them those that an exact scan finds."""
    fill(4000, category=Category.objects.get(), prefix="More", seed=1)
    for share in (0.1, 0.01):
        few = Product.objects.filter(price__lte=100 * share)
        shares = []
        for product in Product.objects.order_by("?")[:30]:
            found = [item.product.pk for item in similar_to(product, queryset=few, limit=12)]
            assert len(found) == 12
            shares.append(len(set(found) & truly_nearest(product, few, 12)) / 12)
        assert sum(shares) / len(shares) >= 0.98, share


@pytest.mark.slow
def test_a_filter_that_keeps_what_lies_far_away_finds_the_truly_nearest(
    hundreds: Product,
) -> None:
    """Here an index that goes on and on fills the answer with the wrong products."""
    fill(3000, category=Category.objects.get(), prefix="More", seed=1)
    product = Product.objects.get(name="P0")
    far = Product.objects.exclude(pk__in=truly_nearest(product, Product.objects.all(), 1500))
    found = {item.product.pk for item in similar_to(product, queryset=far, limit=12)}
    assert len(found & truly_nearest(product, far, 12)) == 12


def truly_nearest(product: Product, products: Any, count: int) -> set[int]:
    """The keys of the truly nearest, every vector compared."""
    query = stored_vector(product)
    assert query is not None
    pictures = pictures_by_distance(query, products, [product.pk])
    return {row["product_id"] for row in exact_scan(pictures)[:count]}


@pytest.mark.slow
def test_dead_neighbours_shorten_no_answer(hundreds: Product) -> None:
    near = [item.product.pk for item in similar_to(hundreds, limit=60)]
    IndexedImage.objects.filter(product__in=near).delete()
    assert len(similar_to(hundreds, limit=12)) == 12


@pytest.mark.slow
def test_more_rows_than_the_index_looks_at_are_found(
    hundreds: Product, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "EF_SEARCH": 10}
    assert len(similar_to(hundreds, limit=200)) == 200
    assert len(similar_to(hundreds, limit=900)) == 900


@pytest.mark.parametrize(
    ("rows", "scan", "depth"),
    [
        (24, "off", "400"),
        (60, "off", "600"),
        (1000, "off", "1000"),
        (1001, "strict_order", "1000"),
    ],
)
def test_the_index_goes_on_only_for_more_than_it_can_look_at(
    rows: int, scan: str, depth: str
) -> None:
    with index_settings("default", rows=rows):
        assert show("hnsw.iterative_scan") == scan
        assert show("hnsw.ef_search") == depth


def test_the_index_may_look_at_as_many_as_pgvector_lets_it(look_alikes: LookAlikes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min_val, max_val FROM pg_settings WHERE name = 'hnsw.ef_search'")
        least, most = map(int, cursor.fetchone())
    assert (VrsSettings.EF_SEARCH.minimum, VrsSettings.EF_SEARCH.maximum) == (least, most)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("inside_transaction", [True, False])
def test_a_search_leaves_no_setting_behind(
    look_alikes: LookAlikes, inside_transaction: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knn_sql, "SMALL_TABLE", 0)  # a small one is searched without any
    before = [show(name) for name in SET_HERE]
    if inside_transaction:
        with transaction.atomic():
            assert similar_to(look_alikes["disc"][0])
            assert [show(name) for name in SET_HERE] == before
    else:
        assert similar_to(look_alikes["disc"][0])
    assert [show(name) for name in SET_HERE] == before


def test_a_search_inside_a_transaction_undoes_nothing_of_it(look_alikes: LookAlikes) -> None:
    with transaction.atomic():
        Category.objects.create(name="Kept", slug="kept")
        similar_to(look_alikes["disc"][0])
    assert Category.objects.filter(slug="kept").exists()


def test_an_error_in_a_search_leaves_the_callers_transaction_usable(
    look_alikes: LookAlikes,
) -> None:
    query = stored_vector(look_alikes["disc"][0])
    assert query is not None
    with pytest.raises(DatabaseError), index_settings("default"):
        ImageEmbedding.objects.extra(where=["no_such_column"]).first()
    assert Product.objects.exists()


def test_pictures_deleted_in_sql_still_answer_until_the_sweep(look_alikes: LookAlikes) -> None:
    ProductImage.objects.all()._raw_delete(using="default")
    assert similar_to(look_alikes["disc"][0])
