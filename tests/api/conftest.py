"""A shop whose API is asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from shop.models import Product

LookAlikes = dict[str, list[Product]]
Get = Callable[..., Any]


@pytest.fixture(autouse=True)
def counts_from_zero() -> None:
    """Throttles count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def product(look_alikes: LookAlikes) -> Product:
    """One of six discs."""
    return look_alikes["disc"][0]


@pytest.fixture
def get(client: Client) -> Get:
    """Asks the API, by default for what is similar to `product`."""

    def asked(product: Any, query: str = "", *, what: str = "similar", **options: Any) -> Any:
        key = getattr(product, "pk", product)
        return client.get(f"/api/products/{key}/{what}/{query}", **options)

    return asked


def keys(answer: Any) -> list[int]:
    """Of the products in an answer."""
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["results"]]


def refusal(answer: Any) -> dict[str, list[str]]:
    """What is wrong, by the parameter's name."""
    assert answer.status_code == 400, answer.content
    said: dict[str, list[str]] = answer.json()
    return said
