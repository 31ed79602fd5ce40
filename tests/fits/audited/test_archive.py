"""A shop keeps some of its products in a database that has no table of ours."""

import pytest

from ..indexed import found, photo, pictures
from .models import Product

pytestmark = pytest.mark.django_db(databases=["default", "archive"])


def test_what_is_saved_and_deleted_in_another_database_changes_nothing_here() -> None:
    product = Product.objects.create(name="boots", image=photo("boots.jpg"))
    old = Product(pk=product.pk, name="clogs", image=photo("clogs.jpg"))
    old.save(using="archive")
    assert pictures(product) == ["products/boots.jpg"]
    assert (found("boots"), found("clogs")) == ({product.pk}, set())
    old.delete(using="archive")
    assert pictures(product) == ["products/boots.jpg"]
    assert found("boots") == {product.pk}


def test_a_product_known_in_the_other_database_alone_is_not_found() -> None:
    Product.objects.using("archive").create(name="clogs", image=photo("clogs.jpg"))
    assert found("clogs") == set()
