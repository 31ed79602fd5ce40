"""What a carousel costs at PostgreSQL, as libpq's own trace of the connection tells it."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from django.db.models import Func, QuerySet, TextField, Value

from shop.models import Product
from vrs_app.contrib.merchandising.models import Pin
from vrs_app.infra.transactions import sent_with_settings
from vrs_app.queries import knn_sql, similar_products

from ..conftest import EmbedAll, LookAlikes, MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db(transaction=True)

MOST_STATEMENTS, MOST_ROUND_TRIPS = 5, 3


class Cost(NamedTuple):
    """Statements that PostgreSQL ran, BEGIN and SAVEPOINT among them, and messages it answered."""

    statements: int
    round_trips: int


@contextmanager
def traced() -> Iterator[Callable[[], Cost]]:
    """The cost of the block, once it has ended."""
    connection.ensure_connection()
    assert connection.connection is not None
    wire = connection.connection.pgconn
    with tempfile.TemporaryFile("w+") as file:
        wire.trace(file.fileno())
        try:
            yield lambda: _cost(text)
        finally:
            wire.untrace()
            file.seek(0, os.SEEK_SET)
            text = file.read()


def _cost(text: str) -> Cost:
    return Cost(statements=text.count("CommandComplete"), round_trips=text.count("ReadyForQuery"))


@pytest.fixture
def product(look_alikes: LookAlikes, make_shown: MakeShown, embed_all: EmbedAll) -> Product:
    """One of more look-alikes than a carousel over-fetches."""
    for seed in range(10, 16):
        make_shown(shape("disc", seed=seed), category="disc")
    embed_all()
    product = look_alikes["disc"][0]
    list(similar_products(product))  # a process looks once for the merchant's tables
    return product


@pytest.fixture(params=["small", "large"])
def table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the table counts as small, whose rows are all compared."""
    # By the setting: what earlier tests deleted leaves the table's file as large as it was.
    monkeypatch.setattr(knn_sql, "SMALL_TABLE", 0 if request.param == "large" else 2**60)
    return str(request.param)


@pytest.mark.parametrize("around", [nullcontext, transaction.atomic])
def test_a_carousel_takes_five_statements_in_three_round_trips(
    product: Product, table: str, around: Callable[[], AbstractContextManager[None]]
) -> None:
    with around():
        Product.objects.exists()  # sends the caller's own BEGIN
        with traced() as cost:
            assert len(similar_products(product, limit=12)) == 12
    assert cost().statements <= MOST_STATEMENTS
    assert cost().round_trips <= MOST_ROUND_TRIPS


def test_a_small_shop_pays_no_more_though_it_has_fewer_than_are_wanted(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knn_sql, "SMALL_TABLE", 2**60)
    few: QuerySet[Product] = Product.objects.filter(category__slug="disc")
    with traced() as cost:
        assert 4 < len(similar_products(product, queryset=few)) < 12
    assert cost().statements == cost().round_trips == 3


def test_a_table_is_small_by_its_size(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('vrs_app_imageembedding')")
        size = cursor.fetchone()[0]
    for limit in (size, size - 1):
        monkeypatch.setattr(knn_sql, "SMALL_TABLE", limit)
        vector = knn_sql.stored_vector(product)
        assert vector is not None
        assert vector.in_small_table == (limit == size)


def test_pins_are_read_with_the_vector(product: Product, look_alikes: LookAlikes) -> None:
    pinned = look_alikes["bars"][0]
    Pin.objects.create(product=product, recommended=pinned, position=2)
    with traced() as cost:
        found = list(similar_products(product))
    assert (found[1].product, found[1].source) == (pinned, "pinned")
    assert cost().round_trips == MOST_ROUND_TRIPS + 1  # whether it may be shown is asked


def test_pins_of_a_product_without_a_vector_are_shown_too(
    product: Product, make_shown: MakeShown, look_alikes: LookAlikes
) -> None:
    bare, pinned = make_shown(category="disc"), look_alikes["bars"][0]
    Pin.objects.create(product=bare, recommended=pinned, position=1)
    assert similar_products(bare)[0].product == pinned


def test_settings_of_the_callers_own_are_put_back(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knn_sql, "SMALL_TABLE", 0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.ef_search = 77")
        assert similar_products(product)
        cursor.execute("SHOW hnsw.ef_search")
        assert cursor.fetchone() == ("77",)
        cursor.execute("SELECT current_setting('vrs_app.before')")
        assert cursor.fetchone() == ("",)


def test_a_shop_that_prepares_statements_is_answered_too(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With parameters bound by the server: several statements cannot be prepared as one."""
    monkeypatch.setattr(knn_sql, "SMALL_TABLE", 0)
    before = [item.product.pk for item in similar_products(product)]
    bound = {"server_side_binding": True, "prepare_threshold": 0}
    options = {**connection.settings_dict["OPTIONS"], **bound}
    connection.close()
    connection.features.__dict__.pop("uses_server_side_binding", None)
    with monkeypatch.context() as patched:
        patched.setitem(connection.settings_dict, "OPTIONS", options)
        for _ in range(3):
            assert [item.product.pk for item in similar_products(product)] == before
    connection.close()
    connection.features.__dict__.pop("uses_server_side_binding", None)


@pytest.mark.parametrize("around", [nullcontext, transaction.atomic])
def test_the_settings_hold_while_the_search_runs(
    product: Product,
    around: Callable[[], AbstractContextManager[None]],
) -> None:
    """Also on a connection that has not loaded pgvector, as behind a pool."""
    connection.close()
    depth = Func(Value("hnsw.ef_search"), function="current_setting", output_field=TextField())
    rows = Product.objects.annotate(depth=depth).values_list("depth", flat=True)
    with around(), sent_with_settings("default", {"hnsw.ef_search": 123}):
        assert set(rows) == {"123"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('hnsw.ef_search', true)")
        assert cursor.fetchone()[0] in (None, "", "40")
