"""What the tests of the merchant's pages share: a shop with look-alikes, and its staff."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from shop.models import Product
from vrs_app.contrib.merchandising import is_migrated
from vrs_app.queries import similar_products

PREFIX = "vrs-merchandising"

LogIn = Callable[..., Client]


@pytest.fixture
def discs(look_alikes: dict[str, list[Product]]) -> list[Product]:
    """Six products that look alike, in a shop with eighteen others."""
    return look_alikes["disc"]


@pytest.fixture
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has not looked for the tables yet."""
    monkeypatch.setattr(is_migrated, "_migrated", set())
    monkeypatch.setattr(is_migrated, "_checked_at", {})


@pytest.fixture
def log_in(client: Client, db: None) -> LogIn:
    """Logs in a member of staff with exactly these permissions."""

    def log_in(*permissions: str) -> Client:
        user = User.objects.create_user("staff", password="x", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        assert user.user_permissions.count() == len(permissions)
        client.force_login(user)
        return client

    return log_in


def change_url(product: Product) -> str:
    return reverse("admin:shop_product_change", args=[product.pk])


def shown(product: Product) -> list[Product]:
    """What shoppers see beside `product`."""
    return [item.product for item in similar_products(product)]


def posted(product: Product, **fields: str) -> dict[str, str]:
    """The product's form as a browser sends it, without the section."""
    return {
        "name": product.name,
        "slug": product.slug,
        "category": str(product.category_id),
        "price": str(product.price),
        "stock": str(product.stock),
        "published": "on",
        "images-TOTAL_FORMS": "0",
        "images-INITIAL_FORMS": "0",
        "vrs_images-TOTAL_FORMS": "0",
        "vrs_images-INITIAL_FORMS": "0",
        "_continue": "yes",
        **fields,
    }


def section(places: dict[Product, tuple[str, str]], **fields: str) -> dict[str, str]:
    """The section as a browser sends it: for each product the place it had and the new one."""
    sent = {f"{PREFIX}-position": "1", f"{PREFIX}-to_pin": ""}
    for product, (before, after) in places.items():
        name = f"{PREFIX}-place:{product.pk}"
        sent |= {name: after, f"initial-{name}": before}
    return sent | {f"{PREFIX}-{name}": value for name, value in fields.items()}
