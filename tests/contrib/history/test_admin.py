"""The list of what shoppers did, and deleting products and users without a leave of ours."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from shop.models import Product
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.shopper import Shopper

from ...conftest import MakeShown
from .conftest import Did

pytestmark = pytest.mark.django_db
LIST = "admin:vrs_history_interactionrow_changelist"


def staff(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("staff", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    assert user.user_permissions.count() == len(permissions)
    client.force_login(user)
    return client


@pytest.fixture
def product(make_shown: MakeShown, shopper: Shopper, did: Did) -> Product:
    product = make_shown()
    did(shopper, "viewed", product)
    did(shopper, "liked", product)
    return product


def test_it_can_be_looked_through_and_not_changed(client: Client, product: Product) -> None:
    asked = staff(client, "view_interactionrow")
    html = asked.get(reverse(LIST), {"kind": "liked", "who": "user"}).content.decode()
    assert html.count('class="field-kind"') == 1
    assert asked.get(reverse(LIST), {"q": "anna"}).content.count(b'class="field-kind"') == 2
    assert asked.get(reverse(LIST), {"who": "visitor"}).content.count(b'class="field-kind"') == 0
    assert asked.get(reverse("admin:vrs_history_interactionrow_add")).status_code == 403
    row = InteractionRow.objects.first()
    assert row is not None
    for page in ("delete", "change"):
        url = reverse(f"admin:vrs_history_interactionrow_{page}", args=[row.pk])
        assert asked.post(url, {"post": "yes", "kind": "bought"}).status_code == 403


def test_whoever_may_not_see_them_does_not(client: Client, product: Product) -> None:
    assert staff(client, "change_product").get(reverse(LIST)).status_code == 403


@pytest.mark.parametrize("what", ["product", "user"])
def test_products_and_users_are_deleted_without_a_leave_of_ours(
    client: Client, product: Product, anna: User, what: str
) -> None:
    row, app = (product, "shop") if what == "product" else (anna, "auth")
    asked = staff(client, f"delete_{what}", f"view_{what}")
    url = reverse(f"admin:{app}_{what}_delete", args=[row.pk])
    assert asked.post(url, {"post": "yes"}).status_code == 302
    assert not type(row)._default_manager.filter(pk=row.pk).exists()
    assert not InteractionRow.objects.exists()


def test_the_list_takes_as_many_queries_for_many_rows_as_for_few(
    client: Client,
    shopper: Shopper,
    make_shown: MakeShown,
    did: Did,
    django_assert_max_num_queries: object,
) -> None:
    did(shopper, "viewed", *(make_shown() for _ in range(12)))
    asked = staff(client, "view_interactionrow")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        asked.get(reverse(LIST))
