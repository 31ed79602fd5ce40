"""The translations of all that a queryset fetches are prefetched, past django-parler's cache."""

import pytest
from django.db.models import Prefetch, QuerySet
from pytest_django import DjangoAssertNumQueries

from vrs_app.infra.translations import prefetch_translations

from .models import Product, Shelf

QUERYSETS: dict[str, tuple[QuerySet[Shelf] | QuerySet[Product], set[str]]] = {
    "nothing else": (Shelf.objects.all(), {"translations"}),
    "selected": (
        Product.objects.select_related("shelf"),
        {"translations", "shelf__translations"},
    ),
    "prefetched": (
        Shelf.objects.prefetch_related("product_set"),
        {"translations", "product_set__translations"},
    ),
    "prefetched by another name": (
        Shelf.objects.prefetch_related(Prefetch("product_set", to_attr="shown")),
        {"translations", "shown__translations"},
    ),
    "prefetched by the shop": (
        Shelf.objects.prefetch_related("product_set__translations"),
        {"translations", "product_set__translations"},
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("how", QUERYSETS)
def test_translations_are_prefetched_of_what_is(
    how: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    product = Product.objects.create(name="dress", shelf=Shelf.objects.create(name="summer"))
    product.create_translation("de", name="kleid")
    rows, expected = QUERYSETS[how]
    fetched = prefetch_translations(rows)
    lookups = fetched._prefetch_related_lookups
    found = {getattr(each, "prefetch_to", each) for each in lookups}
    assert {each for each in found if "translations" in each} == expected
    (row,) = fetched
    with django_assert_num_queries(0):
        assert str(row) in ("dress", "summer")
