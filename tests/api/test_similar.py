"""`GET products/{id}/similar/`: what it answers, and what it refuses."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from shop.models import Product
from vrs_app.catalogue import catalogue
from vrs_app.queries import similar_products

from .conftest import Get, LookAlikes, keys, refusal

pytestmark = pytest.mark.django_db


# --- what it answers -----------------------------------------------------------------------


def test_it_answers_what_a_page_shows(get: Get, product: Product) -> None:
    found = similar_products(product)
    answer = get(product)
    assert keys(answer) == [item.product.pk for item in found]
    assert answer["Content-Type"] == "application/json"
    for item, said in zip(found, answer.json()["results"], strict=True):
        assert said["title"] == item.title
        assert said["similarity"] == item.similarity
        assert said["source"] == item.source
        assert said["position"] == item.position


def test_an_item_has_all_that_another_front_end_shows(get: Get, product: Product) -> None:
    said = get(product, "?limit=1").json()["results"][0]
    other = Product.objects.get(pk=said["id"])
    assert said["url"] == f"http://testserver{other.get_absolute_url()}"
    assert said["price"] == "10.00"
    assert said["price_label"] == "€10.00"
    assert said["duplicates"] == []
    image = said["image"]
    assert image["url"].startswith("http://testserver/media/products/")
    assert image["thumbnail_url"].startswith("http://testserver/thumbnails/")
    assert (image["width"], image["height"]) == (128, 128)


def test_links_carry_the_shops_campaign(get: Get, product: Product, settings: Settings) -> None:
    settings.VRS = settings.VRS | {"CAMPAIGN": {"from": "{source}-{position}"}}
    results = get(product, "?limit=2").json()["results"]
    assert [said["url"].partition("?")[2] for said in results] == [
        "from=visual-1",
        "from=visual-2",
    ]


def test_what_a_shop_does_not_have_is_null(
    get: Get, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("url", "price", "price_label"):
        monkeypatch.setattr(catalogue(), name, lambda product: None)
    said = get(product, "?limit=1").json()["results"][0]
    assert [said[name] for name in ("url", "price", "price_label")] == [None] * 3


def test_a_product_without_a_picture_says_so(get: Get, make_shown: Any) -> None:
    alone, *others = (make_shown() for _ in range(6))
    results = get(alone, "?limit=5").json()["results"]
    assert {said["id"] for said in results} == {other.pk for other in others}
    assert {said["image"] for said in results} == {None}
    assert {said["similarity"] for said in results} == {None}


def test_near_duplicates_are_grouped_under_the_best(
    get: Get, look_alikes: LookAlikes, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"DUPLICATE_THRESHOLD": 0.5}
    results = get(look_alikes["disc"][0], "?minimum=1").json()["results"]
    inside = [twin["id"] for said in results for twin in said["duplicates"]]
    assert inside
    assert not set(inside) & {said["id"] for said in results}
    assert "duplicates" not in results[0]["duplicates"][0]


def test_prices_are_plain_decimals(
    get: Get, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "price", lambda product: Decimal("1E+3"))
    assert get(product, "?limit=1").json()["results"][0]["price"] == "1000"


def test_nothing_to_show_is_an_empty_answer(get: Get, make_shown: Any) -> None:
    answer = get(make_shown())
    assert keys(answer) == []
    assert answer.json() == {"next": None, "previous": None, "results": []}


def test_more_products_cost_no_more_queries(
    get: Get, product: Product, django_assert_num_queries: Any
) -> None:
    get(product)  # the first question of a process looks for tables
    with CaptureQueriesContext(connection) as few:
        get(product, "?limit=2")
    with django_assert_num_queries(len(few)):
        get(product, "?limit=6")
    selects = [each for each in few if each["sql"].startswith("SELECT")]
    # The product that is asked about, what a page costs, and, in so small a shop, an exact scan.
    assert len(selects) <= 6


# --- its parameters ------------------------------------------------------------------------


def test_minimum_holds_for_the_whole_answer_as_in_the_slot(
    get: Get, look_alikes: LookAlikes
) -> None:
    disc = look_alikes["disc"][0]
    Product.objects.exclude(pk__in=[one.pk for one in look_alikes["disc"][:4]]).delete()
    assert keys(get(disc, "?minimum=4")) == []
    assert len(keys(get(disc, "?minimum=3"))) == 3
    assert len(keys(get(disc, "?limit=3"))) == 3  # a slot for three is full with three
    assert len(keys(get(disc, "?minimum=3&offset=2"))) == 1
    assert keys(get(disc, "?minimum=4&offset=2")) == []
    assert len(keys(get(disc, "?limit=3&minimum=100"))) == 3
    assert keys(get(disc, "?limit=4&minimum=100")) == []


def test_prices_narrow_the_answer(get: Get, look_alikes: LookAlikes) -> None:
    disc, *others = look_alikes["disc"]
    for number, other in enumerate(others):
        Product.objects.filter(pk=other.pk).update(price=Decimal(8 + number))  # 8 to 12
    query = "?minimum=1&sources=visual&"
    discs = {other.pk for other in others}
    assert set(keys(get(disc, query + "price_max=8.5"))) == {others[0].pk}
    dear = set(keys(get(disc, query + "price_min=11.00&limit=100")))
    assert dear == {others[3].pk, others[4].pk}
    assert set(keys(get(disc, query + "price_min=9&price_max=9"))) == {others[1].pk}
    near = set(keys(get(disc, query + "price_within=0.1&limit=100")))
    assert near & discs == {others[1].pk, others[2].pk, others[3].pk}


def test_exclude_threshold_and_sources_reach_the_search(get: Get, look_alikes: LookAlikes) -> None:
    disc, second, third, *_ = look_alikes["disc"]
    found = keys(get(disc, f"?exclude={second.pk}&exclude={third.pk}"))
    assert found
    assert not {second.pk, third.pk} & set(found)
    assert keys(get(disc, "?threshold=1&sources=visual&minimum=0")) == []
    sources = {said["source"] for said in get(disc, "?sources=newest").json()["results"]}
    assert sources == {"newest"}


def test_diversity_changes_the_choice(get: Get, product: Product) -> None:
    alike, varied = keys(get(product, "?limit=6")), keys(get(product, "?limit=6&diversity=1"))
    assert len(alike) == len(varied) == 6
    assert set(alike) != set(varied)


@pytest.mark.parametrize(
    ("query", "name", "way_out"),
    [
        ("limit=0", "limit", "Write a whole number from 1 to 100."),
        ("limit=101", "limit", "from 1 to 100"),
        ("limit=-1", "limit", "from 1 to 100"),
        ("limit=", "limit", "from 1 to 100"),
        ("limit=six", "limit", "from 1 to 100"),
        ("limit=1.0", "limit", "from 1 to 100"),
        ("limit=1_0", "limit", "from 1 to 100"),
        ("limit=%D9%A1", "limit", "from 1 to 100"),  # an Arabic one
        ("limit=1%00", "limit", "from 1 to 100"),
        ("limit=1%0A", "limit", "from 1 to 100"),
        ("limit=" + "9" * 5000, "limit", "from 1 to 100"),
        ("limit=1&limit=2", "limit", "Give it once."),
        ("offset=-1", "offset", "from 0 to 1000"),
        ("offset=1001", "offset", "from 0 to 1000"),
        ("minimum=-1", "minimum", "from 0 to 100"),
        ("threshold=nan", "threshold", "Write a number from -1 to 1."),
        ("threshold=Infinity", "threshold", "from -1 to 1"),
        ("threshold=-1e999", "threshold", "from -1 to 1"),
        ("threshold=1.01", "threshold", "from -1 to 1"),
        ("diversity=-0.1", "diversity", "from 0 to 1"),
        ("diversity=NaN", "diversity", "from 0 to 1"),
        ("price_min=NaN", "price_min", 'an amount such as "19.90"'),
        ("price_min=-1", "price_min", "an amount"),
        ("price_max=1e5", "price_max", "an amount"),
        ("price_max=1%0A", "price_max", "an amount"),
        ("price_max=" + "9" * 13, "price_max", "an amount"),
        ("price_min=%E2%82%AC5", "price_min", "without a currency"),
        ("price_min=2&price_max=1", "price_min", "not above price_max"),
        ("price_within=-0.1", "price_within", "from 0 to 10"),
        ("exclude=abc", "exclude", '"abc" is no key of a product'),
        ("exclude=1%00", "exclude", "is no key"),
        ("exclude=01", "exclude", "is no key"),
        ("exclude=" + "9" * 5000, "exclude", "is no key"),
        ("exclude=1&exclude=", "exclude", "is no key"),
        ("exclude=" + "&exclude=".join(map(str, range(1, 102))), "exclude", "100"),
        ("sources=pinned", "sources", "Write one of visual, text, category, newest."),
        ("sources=", "sources", "Write one of"),
        ("limt=3", "limt", 'Did you mean "limit"?'),
        ("format=json", "format", "Known are: limit, minimum"),
        ("exclude[0]=1", "exclude[0]", 'Did you mean "exclude"?'),
        ("%00=1", "\0", "Known are"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_the_way_out(
    get: Get, query: str, name: str, way_out: str
) -> None:
    answer = get(1, f"?{query}")
    said = refusal(answer)
    assert list(said) == [name]
    assert way_out in " ".join(said[name])
    assert answer["Cache-Control"] == "no-store"


def test_all_that_is_wrong_is_said_at_once(get: Get) -> None:
    assert set(refusal(get(1, "?limit=x&ofset=1&threshold=9"))) == {
        "limit",
        "ofset",
        "threshold",
    }


def test_the_shop_sets_the_highest_limit(get: Get, product: Product, settings: Settings) -> None:
    settings.VRS = settings.VRS | {"API_MAX_LIMIT": 5}
    assert "from 1 to 5" in refusal(get(product, "?limit=6"))["limit"][0]
    assert len(keys(get(product))) == 5  # a page's usual number would be more than it allows


def test_only_sources_of_the_shops_own_settings_can_be_asked_for(
    get: Get, product: Product, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"SOURCES": ("visual", "category")}
    assert keys(get(product, "?sources=visual"))
    said = refusal(get(product, "?sources=newest"))
    assert said == {"sources": ["Write one of visual, category."]}


@pytest.mark.parametrize("name", ["price_min", "price_max", "price_within"])
def test_a_shop_without_prices_says_so(
    get: Get, product: Product, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "priced", lambda *arguments: None)
    assert "cannot be searched by price" in refusal(get(product, f"?{name}=1"))[name][0]


# --- page by page --------------------------------------------------------------------------


def test_following_next_gives_everything_once(get: Get, client: Client, product: Product) -> None:
    whole = keys(get(product, "?limit=23"))
    assert len(whole) == 23
    address, seen, pages = f"/api/products/{product.pk}/similar/?limit=5", [], 0
    while address:
        answer = client.get(address)
        seen += keys(answer)
        pages += 1
        address = answer.json()["next"]
    assert seen == whole
    assert pages == 5


@pytest.mark.parametrize("minimum", ["", "&minimum=0", "&minimum=8", "&minimum=12"])
@pytest.mark.parametrize("sources", ["visual", "category&sources=newest"])
def test_pages_of_three_add_up_to_one_of_twelve(
    get: Get, client: Client, product: Product, minimum: str, sources: str
) -> None:
    query = f"&sources={sources}{minimum}"
    whole = get(product, f"?limit=12{query}").json()["results"]
    assert len(whole) >= 5  # a category has that many, which are too few for some of these
    address = f"/api/products/{product.pk}/similar/?limit=3{query}"
    seen: list[dict[str, Any]] = []
    while address and len(seen) < len(whole):
        answer = client.get(address).json()
        seen += answer["results"]
        address = answer["next"]
    assert [(said["id"], said["source"]) for said in seen] == [
        (said["id"], said["source"]) for said in whole
    ]


def test_previous_leads_back_to_the_start(get: Get, client: Client, product: Product) -> None:
    third = get(product, "?limit=3&offset=5&threshold=-1")
    second = client.get(third.json()["previous"])
    assert "offset=2" in third.json()["previous"]
    first = client.get(second.json()["previous"])
    assert "threshold=-1" in second.json()["previous"]
    assert first.json()["previous"] is None
    assert keys(first) == keys(get(product, "?limit=3"))


def test_no_next_leads_where_it_would_be_refused(
    get: Get, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vrs_app.api.pagination.MOST_OFFSET", 4)
    assert get(product, "?limit=4").json()["next"]
    assert get(product, "?limit=4&offset=4").json()["next"] is None


def test_positions_count_through_the_pages(get: Get, product: Product) -> None:
    results = get(product, "?limit=3&offset=4").json()["results"]
    assert [said["position"] for said in results] == [5, 6, 7]


# --- who and what --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", ["0", "-1", "abc", "01", "1_0", "1.0", "1%00", "%0A", "9" * 30, "9" * 5000, "1/2", ".."]
)
@pytest.mark.parametrize("what", ["similar", "carousel"])
def test_a_key_of_no_product_is_not_found(get: Get, key: str, what: str) -> None:
    answer = get(key, what=what)
    assert answer.status_code == 404
    assert "There is no such product." in answer.content.decode()


@pytest.mark.parametrize("what", ["similar", "carousel"])
def test_a_hidden_product_does_not_exist(get: Get, product: Product, what: str) -> None:
    assert get(product, what=what).status_code == 200
    Product.objects.filter(pk=product.pk).update(published=False)
    hidden, unknown = get(product, what=what), get(0, what=what)
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.content == unknown.content


def test_a_sold_out_product_may_be_asked_about_and_is_in_no_answer(
    get: Get, product: Product, look_alikes: LookAlikes
) -> None:
    other = look_alikes["disc"][1]
    Product.objects.filter(pk=product.pk).update(stock=0)
    assert keys(get(product))
    found = keys(get(other, "?limit=100"))
    assert len(found) == 22
    assert product.pk not in found


@pytest.mark.parametrize("change", [{"published": False}, {"stock": 0}])
def test_what_is_hidden_is_gone_from_the_next_answer(
    get: Get, product: Product, change: dict[str, Any]
) -> None:
    first, *others = keys(get(product, "?limit=4"))
    Product.objects.filter(pk=first).update(**change)
    found = keys(get(product, "?limit=4"))
    assert len(found) == 4
    assert first not in found
    Product.objects.filter(pk=others[0]).delete()
    found = keys(get(product, "?limit=4"))
    assert len(found) == 4
    assert others[0] not in found


def test_what_is_visible_may_depend_on_who_asks(
    get: Get,
    client: Client,
    product: Product,
    look_alikes: LookAlikes,
    monkeypatch: pytest.MonkeyPatch,
    admin_user: Any,
) -> None:
    discs = Product.objects.filter(pk__in=[one.pk for one in look_alikes["disc"]])

    def visible(request: Any = None) -> Any:
        return Product.objects.all() if request.user.is_staff else discs

    monkeypatch.setattr(catalogue(), "visible", visible)
    assert len(keys(get(product, "?limit=100"))) == 5
    client.force_login(admin_user)
    assert len(keys(get(product, "?limit=100"))) == 23


def test_the_newest_are_found_for_a_product_without_pictures(
    get: Get, look_alikes: LookAlikes, make_shown: Any
) -> None:
    created = timezone.now() + timedelta(days=1)
    bare = make_shown(category="elsewhere")
    newest = look_alikes["bars"][3]
    Product.objects.filter(pk=newest.pk).update(created=created)
    assert keys(get(bare, "?sources=newest"))[0] == newest.pk
