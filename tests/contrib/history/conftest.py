"""A shop whose shoppers do something with its products."""

import datetime
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from shop.models import Product
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.shopper import Shopper

LookAlikes = dict[str, list[Product]]
Did = Callable[..., None]


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna", password="x")


@pytest.fixture
def shopper(anna: User) -> Shopper:
    return Shopper.of(anna)


@pytest.fixture
def did(db: None) -> Did:
    """Notes what a shopper did with some products, so many days ago."""

    def did(shopper: Shopper, kind: str, *products: Product, days: float = 0) -> None:
        at = timezone.now() - datetime.timedelta(days=days)
        InteractionRow.objects.bulk_create(
            InteractionRow(**shopper.columns, product=product, kind=kind, at=at)
            for product in products
        )

    return did


def visit(user: User | None = None) -> HttpRequest:
    """A request as the middleware hands it on, of somebody new unless a user is named."""
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.user = user or AnonymousUser()
    return request
