"""Logging in takes along what was done before."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from shop.models import Product
from vrs_app.contrib import history
from vrs_app.contrib.history.merge_on_login import merge_visitor
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.shopper import SESSION_KEY, Shopper, shopper_of

from ...conftest import MakeShown
from .conftest import Did, visit
from .test_recording import table_away

__all__ = ["table_away"]

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def products(make_shown: MakeShown) -> list[Product]:
    return [make_shown() for _ in range(3)]


def test_what_a_visitor_did_becomes_the_users(anna: User, products: list[Product]) -> None:
    request = visit()
    for product in products:
        history.record(request, product, "viewed")
    before = request.session.session_key
    login(request, anna, BACKEND)
    assert request.session.session_key != before
    assert shopper_of(request) == Shopper.of(anna)
    assert InteractionRow.objects.filter(user=anna).count() == 3
    assert not InteractionRow.objects.filter(user=None).exists()


def test_of_two_for_the_same_the_later_stays(
    anna: User, products: list[Product], did: Did
) -> None:
    request = visit()
    history.record(request, products[0], "viewed")
    visitor = shopper_of(request)
    assert visitor is not None
    did(Shopper.of(anna), "viewed", products[0], days=5)
    did(visitor, "viewed", products[1], days=5)
    did(Shopper.of(anna), "viewed", products[1], days=1)
    login(request, anna, BACKEND)
    found = history.interactions(anna)
    assert [each.product for each in found] == [products[0].pk, products[1].pk]
    assert (found[0].at - found[1].at).days in (0, 1)


def test_whoever_logs_out_is_somebody_new(anna: User, products: list[Product]) -> None:
    request = visit()
    history.record(request, products[0], "viewed")
    login(request, anna, BACKEND)
    assert SESSION_KEY not in request.session
    logout(request)
    assert shopper_of(request) is None
    history.record(request, products[1], "viewed")
    assert [each.product for each in history.interactions(anna)] == [products[0].pk]


def test_another_user_in_the_same_browser_gets_nothing(
    anna: User, products: list[Product]
) -> None:
    other = User.objects.create_user("other")
    request = visit()
    login(request, anna, BACKEND)
    history.record(request, products[0], "liked")
    login(request, other, BACKEND)
    assert history.interactions(other) == []


def test_a_login_is_not_stopped_by_a_table_that_is_away(
    anna: User, products: list[Product], table_away: None
) -> None:
    request = visit()
    request.session[SESSION_KEY] = "0190d5b2-6a1e-7000-8000-000000000001"
    login(request, anna, BACKEND)
    assert request.user == anna
    assert SESSION_KEY in request.session


def test_what_could_not_be_handed_over_goes_with_the_next_login(
    anna: User, products: list[Product]
) -> None:
    request = visit()
    history.record(request, products[0], "liked")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_history_interactionrow RENAME TO away")
        login(request, anna, BACKEND)
        cursor.execute("ALTER TABLE away RENAME TO vrs_history_interactionrow")
    assert history.interactions(anna) == []
    login(request, anna, BACKEND)
    assert [each.product for each in history.interactions(anna)] == [products[0].pk]
    assert SESSION_KEY not in request.session


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_logins_of_one_user_at_once_never_wait_in_a_circle(
    anna: User, make_shown: MakeShown, did: Did
) -> None:
    products = [make_shown() for _ in range(40)]
    visitors = [uuid4() for _ in range(8)]
    for turn, visitor in enumerate(visitors):
        did(Shopper(visitor=visitor), "viewed", *products[:: -1 if turn % 2 else 1])

    def log_in(visitor: UUID) -> bool:
        try:
            return merge_visitor(visitor, anna)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(log_in, visitors))
    assert InteractionRow.objects.filter(user=anna).count() == 40


def test_a_login_of_no_visitor_changes_nothing(anna: User, client: Client) -> None:
    assert client.login(username="anna", password="x")
    assert not InteractionRow.objects.exists()
