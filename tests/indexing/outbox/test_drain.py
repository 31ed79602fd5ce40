"""Draining: what was saved is compared, and no product costs another."""

from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import get_language, override
from psycopg.errors import AdminShutdown

from shop.models import Product
from vrs_app.catalogue import catalogue
from vrs_app.conf import conf
from vrs_app.embedders import Embedder
from vrs_app.indexing import compare
from vrs_app.indexing.outbox import claims, drain
from vrs_app.infra.heartbeats import Part
from vrs_app.models import Change, Heartbeat, ImageEmbedding, IndexedImage, ProductText
from vrs_app.queries import search
from vrs_app.receivers import paused

from ...at_once import elsewhere
from ...conftest import MakeShown
from ...crashing import holding
from ...shapes import shape

pytestmark = pytest.mark.django_db


def note(*products: Product) -> None:
    Change.objects.bulk_create(Change(product=str(each.pk)) for each in products)


def is_named(product: Product, word: str) -> bool:
    return f"'{word}'" in str(ProductText.objects.get(product=product).words)


def rename_all(name: str) -> None:
    """Without a signal, and noted."""
    Product.objects.update(name=name)
    note(*Product.objects.order_by("pk"))


def failing_at(bad: Product, error: Exception) -> Any:
    def title(product: Product) -> str:
        if product == bad:
            raise error
        return product.name

    return title


@pytest.fixture
def products(make_shown: MakeShown) -> list[Product]:
    return [make_shown(shape(seed=seed)) for seed in range(4)]


def test_a_title_changed_behind_waiting_pictures_is_found_without_an_embedder(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_shown(*(shape(seed=seed) for seed in range(8)))

    def unavailable(*arguments: object) -> Embedder:
        raise AssertionError("An embedder was loaded.")

    monkeypatch.setattr("vrs_app.embedders._load", unavailable)
    product.name = "Sombrero"
    product.save()
    drain.drain()
    assert [item.product for item in search("sombrero", expand=False)] == [product]
    assert not ImageEmbedding.objects.filter(state="ready").exists()


def test_what_is_drained_is_gone_and_the_heartbeat_tells(products: list[Product]) -> None:
    rename_all("Sombrero")
    done = drain.drain()
    assert (done.rows, done.failed, done.changes.words, done.more_wait) == (4, 0, 4, False)
    assert not Change.objects.exists()
    assert Heartbeat.objects.get(part=Part.OUTBOX).problem == ""


def test_a_drain_that_is_out_of_time_says_whether_more_wait(
    products: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MAX_CHANGES", 3)
    rename_all("Sombrero")
    assert [drain.drain(0).more_wait, drain.drain(0).more_wait] == [True, False]


def test_a_product_that_raises_is_left_alone_with_its_error_and_a_time(
    products: list[Product], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = products[1]
    with monkeypatch.context() as broken:
        broken.setattr(catalogue(), "title", failing_at(bad, ValueError("odd title")))
        rename_all("Sombrero")
        assert drain.drain().failed == 1
        assert drain.drain().rows == 0
    assert [is_named(product, "sombrero") for product in products] == [True, False, True, True]
    left = Change.objects.get()
    assert (left.product, left.error) == (str(bad.pk), "ValueError: odd title")
    assert (left.token, left.attempts) == (None, 1)
    assert left.not_before is not None and left.not_before > timezone.now()
    Change.objects.update(not_before=None)
    drain.drain()
    assert is_named(bad, "sombrero")
    assert not Change.objects.exists()


def test_a_query_of_the_shop_that_fails_costs_no_other_product(
    products: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    def title(product: Product) -> str:
        if product == products[1]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT no_such_column")
        return product.name

    monkeypatch.setattr(catalogue(), "title", title)
    rename_all("Sombrero")
    assert drain.drain().failed == 1
    assert [is_named(product, "sombrero") for product in products] == [True, False, True, True]
    assert "no_such_column" in Change.objects.get().error


def test_a_row_whose_products_cannot_be_named_is_kept_and_its_product_compared(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_shown(name="Dress")
    product.name = "Skirt"
    product.save()
    with monkeypatch.context() as broken:
        broken.setattr(catalogue(), "products_of", lambda row: 1 / 0)
        assert drain.drain().failed == 1
    assert is_named(product, "skirt")
    assert "ZeroDivisionError" in Change.objects.get().error


def test_the_attempt_is_committed_before_the_shops_code_is_called(
    products: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[int] = []

    def title(product: Product) -> str:
        attempts.extend(Change.objects.values_list("attempts", flat=True))
        return product.name

    monkeypatch.setattr(catalogue(), "title", title)
    note(products[0])
    drain.drain()
    assert attempts == [1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "attempts", "is_kept"),
    [(OperationalError(), 0, False), (SoftTimeLimitExceeded(), 1, True), (SystemExit(), 0, False)],
    ids=["database", "time limit", "shutdown"],
)
def test_what_is_no_products_fault_costs_no_attempt_and_a_time_limit_one(
    products: list[Product],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    attempts: int,
    is_kept: bool,
) -> None:
    def raising(*arguments: object) -> None:
        if isinstance(error, OperationalError):
            raise error from AdminShutdown()
        raise error

    with monkeypatch.context() as broken:
        broken.setattr("vrs_app.indexing.compare.sync_locked", raising)
        note(*products)
        with pytest.raises(type(error)):
            drain.drain()
    rows = Change.objects.values_list("attempts", "token")
    assert {(count, token is not None) for count, token in rows} == {(attempts, is_kept)}
    assert claims.exist()


def test_a_database_that_is_away_is_logged_and_keeps_no_picture_from_its_turn(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def raising() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(claims, "claim", raising)
    assert drain.drain_or_log(1) == drain.Drained()
    assert "ZeroDivisionError" in Heartbeat.objects.get(part=Part.OUTBOX).problem


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_product_whose_rows_a_transaction_holds_is_retried_soon_without_an_attempt(
    products: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = products[2]
    rename_all("Sombrero")
    with holding(f"SELECT FROM vrs_app_producttext WHERE product_id = {held.pk} FOR UPDATE"):
        assert drain.drain(0).failed == 0
    left = Change.objects.get()
    assert (left.product, left.attempts, left.error) == (str(held.pk), 0, "")
    assert [is_named(each, "sombrero") for each in products] == [True, True, False, True]
    Change.objects.update(not_before=None)
    drain.drain()
    assert is_named(held, "sombrero")


def test_products_are_read_in_the_shops_own_language(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str | None] = []
    product = make_shown()

    def of_this_language(row: Any) -> list[Any]:
        read.append(get_language())
        return [row.pk]

    monkeypatch.setattr(catalogue(), "title", lambda product: read.append(get_language()))
    with override("de"):
        product.save()
        monkeypatch.setattr(catalogue(), "products_of", of_this_language)
        drain.drain()
    assert read == ["en", "en"]


def test_rows_that_name_no_product_any_more_are_drained(make_shown: MakeShown) -> None:
    make_shown().delete()
    Change.objects.bulk_create(
        [
            Change(product="no number"),
            Change(product="999999"),
            Change(model="shop.gone", key="1"),
            Change(model="shop.product", key="999999"),
        ]
    )
    assert drain.drain().failed == 0
    assert not Change.objects.exists()


def test_a_deleted_products_row_is_no_error(make_shown: MakeShown) -> None:
    product = make_shown(shape())
    product.save()
    with paused():
        product.delete()
    connection.check_constraints()
    assert drain.drain().failed == 0
    assert not IndexedImage.objects.exists()


def test_a_product_that_kills_its_worker_is_given_up_and_a_new_save_tries_again(
    make_shown: MakeShown,
) -> None:
    product = make_shown(name="Dress")
    Product.objects.update(name="Skirt")
    note(product)
    for _ in range(conf.MAX_ATTEMPTS):
        assert claims.claim()  # and the worker is lost
        Change.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert drain.drain().rows == 0
    assert not is_named(product, "skirt")
    product.refresh_from_db()
    product.save()
    drain.drain()
    assert is_named(product, "skirt")
    assert not Change.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_while_its_product_is_compared_is_drained_by_the_same_worker(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that takes the message of the second save passes the product by."""
    product = make_shown(name="Dress")
    found_elsewhere: list[int] = []

    def save_and_drain() -> None:
        Product.objects.update(name="Skirt")
        note(product)
        found_elsewhere.append(drain.drain().rows)

    def sync(*arguments: Any) -> Any:
        changes = synced(*arguments)
        if not found_elsewhere:
            elsewhere(save_and_drain)
        return changes

    synced = compare.sync_locked
    monkeypatch.setattr(compare, "sync_locked", sync)
    note(product)
    assert drain.drain().rows == 2
    assert found_elsewhere == [0]
    assert is_named(product, "skirt")


def test_what_raised_is_drained_with_the_save_that_mends_it(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_shown()
    with monkeypatch.context() as broken:
        broken.setattr(catalogue(), "title", failing_at(product, ValueError("odd title")))
        note(product)
        drain.drain()
    assert Change.objects.get().error
    note(product)
    drain.drain()
    assert not Change.objects.exists()
