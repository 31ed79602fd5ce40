"""Pins and hides hold in every door."""

import re
from collections.abc import Callable

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from shop.models import Category, Product
from vrs_app import spaces
from vrs_app.catalogue import catalogue
from vrs_app.contrib.merchandising.curation import Merchandising
from vrs_app.contrib.merchandising.models import Hidden, Pin
from vrs_app.queries import Source, curation, similar_products, similar_to
from vrs_app.queries.knn_sql import index_settings, pictures_by_distance, stored_vector

from ...conftest import EmbedAll, MakeShown
from ...shapes import shape
from ...vectors import fill

pytestmark = pytest.mark.django_db


def in_python(product: Product) -> list[str]:
    return [item.title for item in similar_products(product)]


def look_alikes_in_python(product: Product) -> list[str]:
    return [item.title for item in similar_to(product)]


def by_the_tag(product: Product) -> list[str]:
    template = Template(
        "{% load vrs %}{% get_similar_products product as items %}"
        "{% for item in items %}{{ item.title }};{% endfor %}"
    )
    return template.render(Context({"product": product})).split(";")[:-1]


def in_json(product: Product) -> list[str]:
    answer = Client().get(reverse("vrs_api:similar", args=[product.pk]))
    return [said["title"] for said in answer.json()["results"]]


def in_the_fragment(product: Product) -> list[str]:
    answer = Client().get(reverse("vrs_api:carousel", args=[product.pk]))
    return re.findall(r'class="vrs-title">([^<]+)<', answer.content.decode())


DOORS = [in_python, look_alikes_in_python, by_the_tag, in_json, in_the_fragment]

Door = Callable[[Product], list[str]]


@pytest.fixture(params=DOORS, ids=lambda door: door.__name__)
def door(request: pytest.FixtureRequest) -> Door:
    """The titles that one of the doors shows beside a product: twelve of 23."""
    ask: Door = request.param
    return ask


def test_a_product_that_is_hidden_here_is_missing_here_and_nowhere_else(
    discs: list[Product], door: Door
) -> None:
    here, elsewhere, hidden = discs[0], discs[1], discs[2]
    assert hidden.name in door(here)
    Hidden.objects.create(product=here, hidden=hidden)
    found = door(here)
    assert len(found) == 12, "another takes its place"
    assert hidden.name not in found
    assert hidden.name in door(elsewhere)


def test_a_product_that_is_hidden_everywhere_is_missing_on_every_page(
    discs: list[Product], door: Door
) -> None:
    Hidden.objects.create(product=None, hidden=discs[2])
    for page in discs[:2]:
        found = door(page)
        assert len(found) == 12
        assert discs[2].name not in found


def test_a_pinned_product_stands_at_its_position(
    discs: list[Product], look_alikes: dict[str, list[Product]], door: Door
) -> None:
    last = look_alikes["bars"][0]
    assert door(discs[0])[1] != last.name
    elsewhere = door(discs[1])
    Pin.objects.create(product=discs[0], recommended=last, position=2)
    found = door(discs[0])
    assert found[1] == last.name
    assert found.count(last.name) == 1
    assert len(found) == 12
    assert door(discs[1]) == elsewhere


@pytest.mark.parametrize("limit", [3, 4, 8])
def test_pages_hold_each_product_once_however_deep_the_pins_stand(
    discs: list[Product], limit: int
) -> None:
    nearest, second = [item.product for item in similar_to(discs[0], limit=2)]
    Pin.objects.create(product=discs[0], recommended=nearest, position=12)
    Pin.objects.create(product=discs[0], recommended=second, position=11)
    pages = [similar_products(discs[0], limit=limit, offset=at) for at in range(0, 23, limit)]
    found = [item.product for page in pages for item in page]
    assert len(found) == len(set(found)) == 23
    assert found[10:12] == [second, nearest]


def test_a_pin_says_that_it_is_one(
    discs: list[Product], look_alikes: dict[str, list[Product]]
) -> None:
    Pin.objects.create(product=discs[0], recommended=look_alikes["bars"][0], position=2)
    items = list(similar_products(discs[0], limit=4))
    assert [item.source for item in items] == [Source.VISUAL, Source.PINNED] + [Source.VISUAL] * 2


@pytest.mark.parametrize("fields", [{"stock": 0}, {"published": False}])
def test_a_pinned_product_that_is_not_on_sale_is_not_shown(
    discs: list[Product],
    look_alikes: dict[str, list[Product]],
    fields: dict[str, int],
    door: Door,
) -> None:
    bars = look_alikes["bars"][0]
    Pin.objects.create(product=discs[0], recommended=bars)
    Product.objects.filter(pk=bars.pk).update(**fields)
    found = door(discs[0])
    assert len(found) == 12
    assert bars.name not in found


def test_hidden_everywhere_outdoes_pinned(discs: list[Product], door: Door) -> None:
    Pin.objects.create(product=discs[0], recommended=discs[1])
    Hidden.objects.create(product=None, hidden=discs[1])
    found = door(discs[0])
    assert len(found) == 12
    assert discs[1].name not in found


def test_pins_take_one_query_and_hides_none_of_their_own(
    discs: list[Product], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rules = Merchandising()
    rules.pins(discs[0])  # the first question of a process looks for the tables
    with django_assert_num_queries(1):
        rules.pins(discs[0])
    with django_assert_num_queries(0):
        rules.without_hidden(discs[0], Product.objects.all())
        rules.without_hidden(None, Product.objects.all())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_index_is_taken_with_hides_in_the_search(
    make_shown: MakeShown, embed_all: EmbedAll, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "EF_SEARCH": 100}
    product = make_shown(shape())
    embed_all()
    fill(3000, category=Category.objects.get())
    others = Product.objects.exclude(pk=product.pk)[:300]
    Hidden.objects.bulk_create(Hidden(hidden=other) for other in others)
    space, query = spaces.active(), stored_vector(product)
    assert space is not None and query is not None
    may_be_shown = curation.without_hidden(product, catalogue().visible())
    with index_settings("default", rows=1):
        pictures = pictures_by_distance(query, may_be_shown, [product.pk])
        plan = pictures[:36].explain()
    assert f"Index Scan using {spaces.index_name(space)}" in plan
    assert len(similar_to(product, limit=12)) == 12
