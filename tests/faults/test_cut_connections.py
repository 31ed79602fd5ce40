"""A connection that is cut amidst a caller's transaction: what they wrote is there, or they are
told that it is not, before whichever statement it was cut.
"""

from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from shop.models import Category, Product, ProductImage
from vrs_app.contrib import history
from vrs_app.contrib.merchandising.models import Pin
from vrs_app.queries import similar_products

from ..conftest import EmbedAll, MakeShown
from ..contrib.merchandising.conftest import posted, section
from ..cutting import at_each_statement
from ..shapes import shape

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FEWEST_STATEMENTS = 3
"""Fewer would mean that ours were not asked at all."""


@pytest.fixture
def products(make_shown: MakeShown, embed_all: EmbedAll) -> list[Product]:
    made = [make_shown(shape("disc", seed=seed)) for seed in range(6)]
    embed_all()
    return made


def check(work: Callable[[], object], is_done: Callable[[], bool]) -> None:
    """Each time that `work` ends as if all were well, `is_done` must see it committed."""
    outcomes: list[bool] = []
    for is_told_done in at_each_statement(work):
        assert is_done() or not is_told_done, f"lost without a word, cut before {len(outcomes)}"
        outcomes.append(is_told_done)
    assert not outcomes[0]
    assert outcomes[-1]
    assert len(outcomes) > FEWEST_STATEMENTS


def check_in_transaction(work: Callable[[], object], is_done: Callable[[], bool]) -> None:
    def whole() -> None:
        with transaction.atomic():
            work()

    check(whole, is_done)


# --- saves and deletions ------------------------------------------------------------------------


def test_a_product_that_was_saved_with_its_picture_is_there() -> None:
    shelf = Category.objects.create(name="Things", slug="things")
    names = (f"Thing {number}" for number in count())
    latest = ""

    def save() -> None:
        nonlocal latest
        latest = next(names)
        product = Product.objects.create(name=latest, category=shelf, price=Decimal(10))
        ProductImage.objects.create(product=product, image=ContentFile(shape(), "a.jpg"))

    check_in_transaction(save, lambda: Product.objects.filter(name=latest).exists())


def test_a_product_that_was_deleted_is_gone(products: list[Product]) -> None:
    """Django deletes in a transaction of its own, in which it tells of each row."""
    key = products[0].pk

    def delete() -> None:
        Product.objects.filter(pk=key).delete()

    check(delete, lambda: not Product.objects.filter(pk=key).exists())


def test_a_picture_that_was_deleted_is_gone(products: list[Product]) -> None:
    key = ProductImage.objects.filter(product=products[0]).values_list("pk", flat=True).get()

    def delete() -> None:
        ProductImage.objects.filter(pk=key).delete()

    check(delete, lambda: not ProductImage.objects.filter(pk=key).exists())


def test_what_was_saved_in_the_admin_is_there(
    products: list[Product], admin_client: Client
) -> None:
    """With a pin, which is never in the way of saving the product."""
    product, other = products[:2]
    numbers = count()
    latest = ""

    def save() -> None:
        nonlocal latest
        number = next(numbers)
        latest = f"Renamed {number}"
        places = section({other: ("", str(1 + number % 2))})
        form = posted(product, name=latest, **places)
        address = reverse("admin:shop_product_change", args=[product.pk])
        assert admin_client.post(address, form).status_code == 302

    check(save, lambda: Product.objects.filter(name=latest).exists())
    assert Pin.objects.filter(product=product, recommended=other).exists()


# --- pages that write, and ask us beside it -----------------------------------------------------


def test_what_a_page_wrote_beside_a_carousel_is_there(products: list[Product]) -> None:
    template = engines["django"].from_string("{% load vrs %}{% similar_products product %}")

    def draw() -> str:
        return template.render({"product": products[0]})

    assert "vrs-item" in draw()
    check_beside(draw)


def test_what_was_written_beside_a_question_in_python_is_there(products: list[Product]) -> None:
    check_beside(lambda: list(similar_products(products[0])))


def test_what_was_written_beside_a_shoppers_carousel_is_there(
    products: list[Product], admin_user: User
) -> None:
    source = "{% load vrs_history %}{% recommended_products %}"
    template = engines["django"].from_string(source)
    history.record(admin_user, products[0], "liked")
    request = RequestFactory().get("/")
    request.user = admin_user

    def draw() -> str:
        return template.render({}, request)

    assert "Because you liked" in draw()
    check_beside(draw)


def test_an_order_that_was_taken_beside_a_note_of_it_is_there(
    products: list[Product], admin_user: object
) -> None:
    check_beside(lambda: history.record(admin_user, products[0], "bought"))


def check_beside(ask: Callable[[], object]) -> None:
    """A row of the shop's own is written before it asks us."""
    names = (f"Order {number}" for number in count())
    latest = ""

    def order() -> None:
        nonlocal latest
        latest = next(names)
        Category.objects.create(name=latest, slug=latest.replace(" ", "-"))
        ask()

    check_in_transaction(order, lambda: Category.objects.filter(name=latest).exists())
