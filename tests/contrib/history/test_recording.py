"""Noting what a shopper did: one row a product and kind, and never a broken page."""

import datetime
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from shop.models import Category, Product
from vrs_app.contrib import history
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.shopper import SESSION_KEY, Shopper, shopper_of

from ...conftest import MakeShown
from .conftest import Did, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(make_shown: MakeShown) -> Product:
    return make_shown()


@pytest.fixture
def table_away(db: None) -> Iterator[None]:
    """As before our migration ran."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_history_interactionrow RENAME TO away")
        yield
        cursor.execute("ALTER TABLE away RENAME TO vrs_history_interactionrow")


# --- who ---------------------------------------------------------------------------------


def test_whoever_only_looks_gets_no_session(product: Product) -> None:
    request = visit()
    assert shopper_of(request) is None
    assert not request.session.modified


def test_a_visitor_is_known_by_an_id_of_our_own_from_the_first_note_on(product: Product) -> None:
    request = visit()
    assert history.record(request, product, "viewed")
    shopper = shopper_of(request)
    assert shopper is not None
    assert shopper.visitor is not None
    assert str(shopper.visitor) == request.session[SESSION_KEY]
    assert str(shopper.visitor) != request.session.session_key
    assert history.record(request, product, "liked")
    assert shopper_of(request) == shopper
    assert InteractionRow.objects.filter(visitor=shopper.visitor).count() == 2


def test_whoever_is_logged_in_is_the_user(anna: User, product: Product) -> None:
    request = visit(anna)
    assert history.record(request, product, "liked")
    assert shopper_of(request) == Shopper.of(anna)
    assert InteractionRow.objects.get().user == anna
    assert SESSION_KEY not in request.session


def test_a_user_is_a_shopper_by_themselves(anna: User, product: Product) -> None:
    assert history.record(anna, product, "liked")
    assert [each.product for each in history.interactions(anna)] == [product.pk]
    assert history.interactions(AnonymousUser()) == []
    assert history.interactions(None) == []


def test_a_shopper_is_one_or_the_other(anna: User) -> None:
    for mistaken in (
        {},
        {"user": anna, "visitor": uuid4()},
        {"user": AnonymousUser()},
        {"user": User()},
        {"visitor": "x"},
    ):
        with pytest.raises(TypeError):
            Shopper(**mistaken)


def test_what_a_session_should_not_hold_is_somebody_unknown() -> None:
    request = visit()
    request.session[SESSION_KEY] = "no id"
    assert shopper_of(request) is None


def test_a_visitor_without_a_session_is_not_noted(product: Product) -> None:
    assert not history.record(HttpRequest(), product, "viewed")
    assert not InteractionRow.objects.exists()


# --- what --------------------------------------------------------------------------------


def test_doing_it_again_renews_the_one_row(shopper: Shopper, product: Product, did: Did) -> None:
    did(shopper, "viewed", product, days=9)
    assert history.record(shopper, product, "viewed")
    row = InteractionRow.objects.get()
    assert timezone.now() - row.at < datetime.timedelta(minutes=1)


def test_noting_is_one_upsert(
    shopper: Shopper, product: Product, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):  # a savepoint, the upsert, and the savepoint's end
        history.record(shopper, product, "viewed")


def test_what_is_taken_back_is_gone(shopper: Shopper, product: Product) -> None:
    history.record(shopper, product, "liked")
    history.record(shopper, product, "viewed")
    assert history.forget(shopper, product, "liked")
    assert not history.forget(shopper, product, "liked")
    assert not history.forget(visit(), product, "viewed")
    assert [each.kind for each in history.interactions(shopper)] == ["viewed"]


@pytest.mark.parametrize("what", [None, "12", 12, Category(pk=1), Product()])
def test_what_is_no_saved_product_is_named(shopper: Shopper, what: Any) -> None:
    for do in (history.record, history.forget):
        with pytest.raises(TypeError, match="saved Product"):
            do(shopper, what, "viewed")


def test_a_kind_that_there_is_not_is_named(shopper: Shopper, product: Product) -> None:
    with pytest.raises(ValueError, match="viewed, liked, cart, bought, dismissed, not 'loved'"):
        history.record(shopper, product, "loved")


def test_what_is_no_shopper_is_named(product: Product) -> None:
    with pytest.raises(TypeError, match="saved User"):
        history.record("anna", product, "viewed")


# --- when something is wrong ----------------------------------------------------------------


def test_a_page_is_served_before_our_table_is_there(
    shopper: Shopper, product: Product, table_away: None
) -> None:
    assert not history.record(shopper, product, "viewed")
    assert not history.forget(shopper, product, "viewed")
    assert history.interactions(shopper) == []
    assert list(history.popular_products()) == []
    request = visit()
    assert not history.record(request, product, "viewed")
    assert not request.session.modified
    assert Product.objects.exists()  # the page's own transaction goes on


def test_a_product_that_is_gone_meanwhile_costs_a_line_in_the_log(
    shopper: Shopper, product: Product
) -> None:
    with transaction.atomic():
        Product.objects.filter(pk=product.pk).delete()
        assert not history.record(shopper, product, "viewed")


# --- who and what go ------------------------------------------------------------------------


def test_what_was_done_goes_with_the_product_and_with_the_user(
    anna: User, shopper: Shopper, make_shown: MakeShown, django_assert_num_queries: Any
) -> None:
    first, second = make_shown(), make_shown()
    for product in (first, second):
        history.record(shopper, product, "liked")
    first.delete()
    assert InteractionRow.objects.get().product == second
    anna.delete()
    assert not InteractionRow.objects.exists()
