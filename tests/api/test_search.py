"""`GET search/`: by words, by products, by both."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shop.models import Product
from vrs_app.catalogue import catalogue
from vrs_app.models import ImageEmbedding
from vrs_app.queries import more_like_these, search
from vrs_app.testing import drain

from .conftest import LookAlikes, keys, refusal

pytestmark = pytest.mark.django_db

SEARCH = "/api/search/"
Find = Callable[..., Any]


@pytest.fixture
def find(client: Client) -> Find:
    """Asks the search, with parameters as a client writes them."""
    return lambda query="", **options: client.get(f"{SEARCH}?{query}", **options)


def named(product: Product, name: str) -> Product:
    """The same product, called otherwise."""
    product.name = name
    product.save()
    drain()
    return product


# --- what it answers -----------------------------------------------------------------------


def test_words_find_what_has_them_and_then_what_looks_like_it(
    find: Find, look_alikes: LookAlikes
) -> None:
    hat = named(look_alikes["disc"][0], "Sombrero")
    answer = find("words=sombre&limit=6")
    first, *others = answer.json()["results"]
    assert (first["id"], first["source"], first["because"]) == (hat.pk, "text", None)
    assert {said["id"] for said in others} == {disc.pk for disc in look_alikes["disc"][1:]}
    for said in others:
        assert said["source"] == "visual"
        assert said["similarity"] > 0
        assert said["because"] == {
            "id": hat.pk,
            "title": "Sombrero",
            "url": f"http://testserver{hat.get_absolute_url()}",
        }


def test_it_answers_what_python_answers(find: Find, look_alikes: LookAlikes) -> None:
    bars, disc = look_alikes["bars"][0], look_alikes["disc"][0]
    answer = find(f"words=stripes&positive={bars.pk}&negative={disc.pk}&alpha=0.7&diversity=0.3")
    found = search("stripes", positive=[bars], negative=[disc], alpha=0.7, diversity=0.3)
    assert keys(answer) == [item.product.pk for item in found]
    for item, said in zip(found, answer.json()["results"], strict=True):
        assert said["title"] == item.title
        assert said["similarity"] == item.similarity
        assert said["source"] == item.source
        assert said["position"] == item.position
        assert (said["because"] or {}).get("id") == getattr(item.because, "pk", None)


def test_each_product_says_how_many_of_the_words_it_has(
    find: Find, look_alikes: LookAlikes
) -> None:
    hat = named(look_alikes["disc"][0], "Sombrero")
    for words, level in (("sombrero", "full"), ("zeppelin+sombrero", "partial")):
        first, *others = find(f"words={words}&limit=6").json()["results"]
        assert (first["id"], first["match_level"]) == (hat.pk, level)
        assert {said["match_level"] for said in others} == {"none"}


def test_more_like_these_says_like_which(find: Find, look_alikes: LookAlikes) -> None:
    liked = [look_alikes[kind][0] for kind in ("disc", "bars")]
    unwanted = look_alikes["bars"][1]
    query = "&".join(f"positive={product.pk}" for product in liked)
    answer = find(f"{query}&negative={unwanted.pk}&limit=8")
    assert keys(answer) == [
        item.product.pk for item in more_like_these(liked, [unwanted], limit=8)
    ]
    kinds = {product.pk: kind for kind, made in look_alikes.items() for product in made}
    for said in answer.json()["results"][:4]:
        assert kinds[said["id"]] == kinds[said["because"]["id"]]


def test_alpha_weighs_the_image_against_the_words(find: Find, look_alikes: LookAlikes) -> None:
    bars = look_alikes["bars"][0]
    both = f"words=disc&positive={bars.pk}&limit=5&alpha="
    assert set(keys(find(both + "1"))) == {other.pk for other in look_alikes["bars"][1:]}
    assert set(keys(find(both + "0"))) <= {disc.pk for disc in look_alikes["disc"]}


def test_the_look_alikes_of_words_can_be_switched_off(
    find: Find, look_alikes: LookAlikes, settings: Settings
) -> None:
    hat = named(look_alikes["disc"][0], "Sombrero")
    assert keys(find("words=sombrero&expand=false")) == [hat.pk]
    settings.VRS = settings.VRS | {"EXPAND": False}
    assert keys(find("words=sombrero")) == [hat.pk]
    assert len(keys(find("words=sombrero&expand=true"))) == 12


def test_words_are_enough_where_nothing_has_a_vector(find: Find, look_alikes: LookAlikes) -> None:
    ImageEmbedding.objects.all().delete()
    assert set(keys(find("words=disc"))) == {disc.pk for disc in look_alikes["disc"]}
    assert keys(find(f"positive={look_alikes['disc'][0].pk}")) == []


@pytest.mark.parametrize("words", ["umbrella", "the", "!!!", "%27%3A*+%26+%7C", "%F0%9F%91%97"])
def test_words_that_nothing_has_are_an_empty_answer(
    find: Find, look_alikes: LookAlikes, words: str
) -> None:
    answer = find(f"words={words}")
    assert answer.status_code == 200
    assert answer.json() == {"next": None, "previous": None, "results": []}


def test_prices_exclude_and_threshold_narrow_it(find: Find, look_alikes: LookAlikes) -> None:
    disc, *others = look_alikes["disc"]
    for number, other in enumerate(others):
        Product.objects.filter(pk=other.pk).update(price=Decimal(8 + number))  # 8 to 12
    like = f"positive={disc.pk}&limit=5&"
    discs = {other.pk for other in others}
    assert set(keys(find(like + "price_max=8.5"))) & discs == {others[0].pk}
    assert set(keys(find(like + "price_min=9&price_max=9"))) == {others[1].pk}
    near = set(keys(find(like + "price_within=0.1")))
    assert near & discs == {others[1].pk, others[2].pk, others[3].pk}
    assert others[2].pk not in keys(find(like + f"exclude={others[2].pk}"))
    assert keys(find(f"positive={disc.pk}&threshold=1")) == []
    assert set(keys(find("words=disc&expand=false&price_max=8.5"))) == {others[0].pk}


def test_what_is_hidden_is_gone_from_the_next_answer(find: Find, look_alikes: LookAlikes) -> None:
    first, second, *_ = keys(find("words=disc"))
    Product.objects.filter(pk=first).update(published=False)
    Product.objects.filter(pk=second).update(stock=0)
    assert not {first, second} & set(keys(find("words=disc&limit=100")))


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("words=disc", 5),
        ("words=disc&expand=false", 5),
        ("positive={0}&positive={1}&negative={2}", 8),
        ("words=disc&positive={1}", 13),
    ],
)
def test_more_products_cost_no_more_queries(
    find: Find, look_alikes: LookAlikes, query: str, most: int
) -> None:
    query = query.format(*(made[0].pk for made in look_alikes.values()))
    find(query)  # the first question of a process looks for tables
    few, many = _selects(find, f"{query}&limit=2"), _selects(find, f"{query}&limit=5")
    assert few == many <= most


def test_filling_up_costs_no_more_for_more_products(find: Find, look_alikes: LookAlikes) -> None:
    find("words=disc")
    few, many = _selects(find, "words=disc&limit=6"), _selects(find, "words=disc&limit=20")
    assert few == many <= 10


def _selects(find: Find, query: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert keys(find(query))
    return sum(each["sql"].startswith("SELECT") for each in asked)


# --- what it refuses -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "name", "way_out"),
    [
        ("", "words", "Write what to look for, or name products as positive."),
        ("words=", "words", "Write what to look for"),
        ("words=+%C2%A0", "words", "Write what to look for"),
        ("limit=3&alpha=1", "words", "Write what to look for"),
        ("words=" + "a" * 201, "words", "200"),
        ("words=a%00", "words", "Null characters"),
        ("words=a&words=b", "words", "Give it once."),
        ("words=a&negative=1", "negative", "Name products to find look-alikes of too"),
        ("positive=abc", "positive", '"abc" is no key of a product'),
        ("positive=", "positive", "is no key"),
        ("positive=1&positive=2%00", "positive", "is no key"),
        ("positive=" + "&positive=".join(map(str, range(21))), "positive", "20"),
        ("words=a&alpha=1.1", "alpha", "Write a number from 0 to 1."),
        ("words=a&alpha=nan", "alpha", "from 0 to 1"),
        ("words=a&expand=1", "expand", 'Write "true" or "false".'),
        ("words=a&expand=True", "expand", 'Write "true"'),
        ("words=a&limit=101", "limit", "from 1 to 100"),
        ("words=a&offset=1001", "offset", "from 0 to 1000"),
        ("words=a&threshold=2", "threshold", "from -1 to 1"),
        ("words=a&price_min=2&price_max=1", "price_min", "not above price_max"),
        ("words=a&price_within=0.1", "price_within", "name just one as positive"),
        ("words=a&minimum=3", "minimum", "There is no such parameter."),
        ("words=a&sources=visual", "sources", "There is no such parameter."),
        ("words=a&box=0,0,1,1", "box", "There is no such parameter."),
        ("word=a", "word", 'Did you mean "words"?'),
    ],
)
def test_a_value_that_cannot_be_is_named_with_the_way_out(
    find: Find, query: str, name: str, way_out: str
) -> None:
    answer = find(query)
    said = refusal(answer)
    assert name in said
    assert way_out in " ".join(said[name])
    assert answer["Cache-Control"] == "no-store"


def test_products_that_are_not_shown_are_named(find: Find, look_alikes: LookAlikes) -> None:
    hidden, shown, *_ = look_alikes["disc"]
    Product.objects.filter(pk=hidden.pk).update(published=False)
    answer = find(f"positive={shown.pk}&positive={hidden.pk}&positive=0&negative=-7")
    assert refusal(answer) == {
        "positive": [f'There is no product "{hidden.pk}".', 'There is no product "0".'],
        "negative": ['There is no product "-7".'],
    }


def test_a_sold_out_product_may_be_asked_about(find: Find, look_alikes: LookAlikes) -> None:
    disc = look_alikes["disc"][0]
    Product.objects.filter(pk=disc.pk).update(stock=0)
    assert keys(find(f"positive={disc.pk}"))


def test_a_price_about_several_products_is_refused(find: Find, look_alikes: LookAlikes) -> None:
    one, two = (disc.pk for disc in look_alikes["disc"][:2])
    assert "price_within" in refusal(find(f"positive={one}&positive={two}&price_within=0.1"))
    assert keys(find(f"positive={one}&positive={one}&price_within=0.1"))


@pytest.mark.parametrize("name", ["price_min", "price_max"])
def test_a_shop_without_prices_says_so(
    find: Find, look_alikes: LookAlikes, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "priced", lambda *arguments: None)
    assert "cannot be searched by price" in refusal(find(f"words=disc&{name}=1"))[name][0]


# --- page by page --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["words=disc", "positive={0}&positive={1}", "words=b&positive={1}"]
)
def test_following_next_gives_everything_once(
    find: Find, client: Client, look_alikes: LookAlikes, query: str
) -> None:
    query = query.format(look_alikes["disc"][0].pk, look_alikes["bars"][0].pk)
    whole = keys(find(f"{query}&limit=100"))
    assert len(whole) > 20
    address, seen = f"{SEARCH}?{query}&limit=5", []
    while address:
        answer = client.get(address)
        seen += keys(answer)
        address = answer.json()["next"]
    assert seen == whole


def test_previous_leads_back_to_the_start(find: Find, client: Client, look_alikes: Any) -> None:
    second = find("words=disc&limit=3&offset=2").json()
    first = client.get(second["previous"])
    assert first.json()["previous"] is None
    assert keys(first) == keys(find("words=disc&limit=3"))
    assert [said["position"] for said in second["results"]] == [3, 4, 5]


def test_no_next_leads_where_it_would_be_refused(
    find: Find, look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vrs_app.api.pagination.MOST_OFFSET", 4)
    assert find("words=disc&limit=4").json()["next"]
    assert find("words=disc&limit=4&offset=4").json()["next"] is None


# --- as any other address ------------------------------------------------------------------


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_only_reads(client: Client, method: str) -> None:
    answer = getattr(client, method)(f"{SEARCH}?words=a")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_an_unchanged_answer_costs_no_body(find: Find, look_alikes: LookAlikes) -> None:
    first = find("words=disc")
    again = find("words=disc", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again["Cache-Control"] == "private, no-cache"


def test_it_has_a_rate_of_its_own(find: Find, db: None, settings: Settings) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {"search": "2/min"}}
    answers = [
        find("words=a", headers={"X-Forwarded-For": f"10.0.0.{number}"}) for number in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_tables_that_are_away_are_a_503(find: Find, look_alikes: LookAlikes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_producttext RENAME TO away")
    answer = find("words=disc")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "producttext" not in answer.content.decode()
