"""What a save costs where the image is on the product: the stored file's name is read, too."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from vrs_app.receivers import paused
from vrs_app.testing import drain

from .models import Product

pytestmark = pytest.mark.django_db(transaction=True)

Block = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(params=[nullcontext, transaction.atomic], ids=["autocommit", "atomic"])
def block(request: pytest.FixtureRequest) -> Block:
    given: Block = request.param
    return given


@pytest.fixture
def product() -> Product:
    made = Product.objects.create(name_en="dress", image=ContentFile(b"bytes", "dress.jpg"))
    drain()
    return made


def ours(act: Callable[[], object], block: Block) -> int:
    """The statements that `act` takes more than it takes while paused."""
    counts = []
    for quiet in (nullcontext, paused):
        with CaptureQueriesContext(connection) as queries, block(), quiet():
            act()
        counts.append(len(queries))
    return counts[0] - counts[1]


def test_a_new_text_costs_two(product: Product, block: Block) -> None:
    assert ours(product.save, block) == 2


def test_a_new_text_alone_costs_one(product: Product, block: Block) -> None:
    assert ours(lambda: product.save(update_fields=["name_en"]), block) == 1


def test_a_replaced_file_costs_two(product: Product, block: Block) -> None:
    def replace() -> None:
        product.image.save("other.jpg", ContentFile(b"others"))

    assert ours(replace, block) == 2
