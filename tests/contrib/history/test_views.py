"""The form's door: no freer than the API's, and refused without the token of the shop's pages."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from shop.models import Product
from vrs_app.contrib.history.models import InteractionRow

from ...conftest import MakeShown

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contrib.history.urls")]

INTERACTIONS = "/api/for/interactions/"
TOKEN = "a" * 32
"""A script's own: whoever sends the same twice is taken for a page of the shop."""


@pytest.fixture(autouse=True)
def counts_from_zero() -> None:
    """Throttles count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def product(make_shown: MakeShown) -> Product:
    return make_shown()


@pytest.fixture
def note() -> str:
    return reverse("vrs_history:note")


def scripted() -> Client:
    """Somebody who forgets every cookie but the one that the token is compared with."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = TOKEN
    return client


def test_a_script_that_forgets_its_cookies_is_counted_by_its_address(
    product: Product, note: str, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {"recommendations": "2/min"}}
    sent = {"product": product.pk, "kind": "cart", "csrfmiddlewaretoken": TOKEN}
    answers = [scripted().post(note, sent) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 429, 429]
    assert InteractionRow.objects.count() == 2
    refused = answers[2]
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["Content-Type"] == "text/plain; charset=utf-8"
    assert refused["Retry-After"] in refused.content.decode()
    assert not refused.cookies
    assert Client().post(INTERACTIONS, sent).status_code == 429
    elsewhere = scripted().post(note, sent, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_without_a_rate_nothing_is_counted(
    product: Product, note: str, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {}}
    sent = {"product": product.pk, "kind": "cart"}
    assert {Client().post(note, sent).status_code for _ in range(5)} == {302}


def test_without_a_cookie_of_ours_nothing_is_noted(product: Product, note: str) -> None:
    sent = {"product": product.pk, "kind": "cart", "csrfmiddlewaretoken": TOKEN}
    assert Client(enforce_csrf_checks=True).post(note, sent).status_code == 403
    assert not InteractionRow.objects.exists()
