"""`GET recommendations/`, `POST` and `DELETE interactions/`: one shopper's, and nobody else's."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import DatabaseError
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from drf_spectacular.validation import validate_schema
from pytest_django import Settings

from shop.models import Product
from vrs_app.catalogue import catalogue
from vrs_app.contrib import history
from vrs_app.contrib.history.api import views
from vrs_app.contrib.history.models import InteractionRow

from .conftest import LookAlikes

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contrib.history.urls")]

RECOMMENDATIONS = "/api/for/recommendations/"
INTERACTIONS = "/api/for/interactions/"


@pytest.fixture(autouse=True)
def counts_from_zero() -> None:
    """Throttles count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def asked(client: Client, anna: User) -> Client:
    client.force_login(anna)
    return client


def results(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


# --- recommendations ------------------------------------------------------------------------


def test_it_answers_what_a_page_shows_with_the_reasons(
    asked: Client, anna: User, look_alikes: LookAlikes
) -> None:
    liked = look_alikes["disc"][0]
    history.record(anna, liked, "liked")
    answer = asked.get(RECOMMENDATIONS)
    said = results(answer)
    assert [each["id"] for each in said] == [
        item.product.pk for item in history.recommend_for(anna)
    ]
    because = said[0]["because"]
    assert (because["id"], because["title"]) == (liked.pk, liked.name)
    assert said[0]["reason"] == f"Because you liked {liked.name}"
    assert said[0]["image"]["thumbnail_url"].startswith("http://testserver/thumbnails/")
    assert answer["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer
    assert "Cookie" in answer["Vary"]


def test_somebody_unknown_sees_the_newest_and_gets_no_session(
    client: Client, look_alikes: LookAlikes
) -> None:
    answer = client.get(RECOMMENDATIONS, {"limit": 4})
    assert {each["source"] for each in results(answer)} == {"newest"}
    assert {each["because"] for each in results(answer)} == {None}
    assert not answer.cookies


def test_pages_lead_to_each_other(asked: Client, anna: User, look_alikes: LookAlikes) -> None:
    history.record(anna, look_alikes["disc"][0], "liked")
    whole = [each["id"] for each in results(asked.get(RECOMMENDATIONS, {"limit": 100}))]
    address: str | None = f"{RECOMMENDATIONS}?limit=9"
    paged, previous = [], []
    while address:
        answer = asked.get(address)
        paged += [each["id"] for each in results(answer)]
        previous.append(answer.json()["previous"])
        address = answer.json()["next"]
    assert paged == whole
    assert len(whole) == 23
    assert previous == [
        None,
        f"http://testserver{RECOMMENDATIONS}?limit=9",
        f"http://testserver{RECOMMENDATIONS}?limit=9&offset=9",
    ]


def test_the_last_page_is_where_the_places_end(
    asked: Client, anna: User, look_alikes: LookAlikes, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"API_MAX_LIMIT": 500}
    shelf = look_alikes["disc"][0].category
    Product.objects.bulk_create(
        Product(name="Plain", slug=f"plain-{number}", category=shelf, price=1)
        for number in range(100)
    )
    history.record(anna, look_alikes["disc"][0], "liked")
    first = asked.get(RECOMMENDATIONS, {"limit": 60})
    second = asked.get(first.json()["next"])
    assert (len(results(first)), len(results(second))) == (60, 40)
    assert second.json()["next"] is None
    refused = asked.get(RECOMMENDATIONS, {"limit": 101})
    assert refused.json() == {"limit": ["Write a whole number from 1 to 100."]}


def test_filters_hold(asked: Client, anna: User, look_alikes: LookAlikes) -> None:
    history.record(anna, look_alikes["disc"][0], "liked")
    cheap, dear = look_alikes["disc"][1], look_alikes["disc"][2]
    Product.objects.filter(pk__in=[cheap.pk, dear.pk]).update(price=Decimal(3))
    found = results(asked.get(RECOMMENDATIONS, {"price_max": "5.00", "exclude": str(dear.pk)}))
    assert [each["id"] for each in found] == [cheap.pk]
    assert results(asked.get(RECOMMENDATIONS, {"price_min": "50"})) == []
    assert len(results(asked.get(RECOMMENDATIONS))) == 10


@pytest.mark.parametrize(
    ("query", "name", "way_out"),
    [
        ("limit=0", "limit", "from 1 to 100"),
        ("offset=100", "offset", "from 0 to 99"),
        ("price_min=2&price_max=1", "price_min", "not above price_max"),
        ("diversity=2", "diversity", "from 0 to 1"),
        ("exclude=x", "exclude", "is no key"),
        ("price_within=0.1", "price_within", "no such parameter"),
        ("minimum=1", "minimum", "no such parameter"),
        ("limt=1", "limt", 'Did you mean "limit"?'),
    ],
)
def test_a_mistake_is_named_and_the_way_out(
    client: Client, look_alikes: LookAlikes, query: str, name: str, way_out: str
) -> None:
    answer = client.get(f"{RECOMMENDATIONS}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()) == [name]
    assert way_out in answer.json()[name][0]


def test_a_shop_without_prices_says_so(
    client: Client, look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "priced", lambda *_: None)
    answer = client.get(RECOMMENDATIONS, {"price_max": "5"})
    assert answer.status_code == 400
    assert "cannot be searched by price" in answer.json()["price_max"][0]


def test_a_database_error_is_a_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: Any, **options: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(views, "recommend_for", fails)
    answer = client.get(RECOMMENDATIONS)
    assert answer.status_code == 503
    assert answer["Retry-After"]


def test_it_is_throttled_by_its_own_rate(
    client: Client, look_alikes: LookAlikes, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {"recommendations": "2/min"}}
    codes = [client.get(RECOMMENDATIONS).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


# --- interactions -----------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["application/json", "application/x-www-form-urlencoded"])
def test_what_is_sent_is_noted_and_taken_back(
    asked: Client, anna: User, look_alikes: LookAlikes, type: str
) -> None:
    product = look_alikes["disc"][0]
    sent: Any = {"product": product.pk, "kind": "liked"}
    if type != "application/json":
        sent = f"product={product.pk}&kind=liked"
    answer = asked.post(INTERACTIONS, sent, content_type=type)
    assert (answer.status_code, answer.content) == (204, b"")
    row = InteractionRow.objects.get()
    assert (row.user, row.product, row.kind) == (anna, product, "liked")
    for _ in range(2):  # the second finds nothing, which is what was wanted
        query = f"?product={product.pk}&kind=liked"
        assert asked.delete(INTERACTIONS + query).status_code == 204
    assert not InteractionRow.objects.exists()


def test_not_interested_works_at_once(asked: Client, anna: User, look_alikes: LookAlikes) -> None:
    history.record(anna, look_alikes["disc"][0], "liked")
    first = results(asked.get(RECOMMENDATIONS))[0]["id"]
    asked.post(INTERACTIONS, {"product": first, "kind": "dismissed"})
    assert first not in [each["id"] for each in results(asked.get(RECOMMENDATIONS))]


def test_a_visitor_is_noted_with_the_token_of_the_shops_pages_alone(
    look_alikes: LookAlikes,
) -> None:
    """What another site makes a browser send is no wish of the shopper's."""
    client = Client(enforce_csrf_checks=True)
    sent = {"product": look_alikes["disc"][0].pk, "kind": "liked"}
    refused = client.post(INTERACTIONS, sent, content_type="application/json")
    assert refused.status_code == 403
    request = RequestFactory().get("/")
    token = get_token(request)
    client.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    answer = client.post(
        INTERACTIONS, sent, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 204
    assert InteractionRow.objects.get().visitor is not None
    assert "sessionid" in answer.cookies
    reasons = {each["reason"] for each in results(client.get(RECOMMENDATIONS, {"limit": 2}))}
    assert reasons == {f"Because you liked {look_alikes['disc'][0].name}"}


@pytest.mark.parametrize(
    ("sent", "status", "name"),
    [
        ({"kind": "liked"}, 400, "product"),
        ({"product": "x", "kind": "liked"}, 400, "product"),
        ({"product": True, "kind": "liked"}, 400, "product"),
        ({"product": [1], "kind": "liked"}, 400, "product"),
        ({"product": 1.5, "kind": "liked"}, 400, "product"),
        ({"product": None, "kind": "liked"}, 400, "product"),
        ({"product": 1, "kind": "loved"}, 400, "kind"),
        ({"product": 1}, 400, "kind"),
        ({"product": 1, "kind": "bought"}, 400, "kind"),
        ({"product": 1, "kind": ["liked"]}, 400, "kind"),
        ([1], 400, "non_field_errors"),
        ({"product": 0, "kind": "liked"}, 404, "detail"),
        ({"product": 10**30, "kind": "liked"}, 400, "product"),
    ],
)
def test_what_makes_no_sense_is_refused(
    asked: Client, look_alikes: LookAlikes, sent: Any, status: int, name: str
) -> None:
    answer = asked.post(INTERACTIONS, sent, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (status, [name])
    assert not InteractionRow.objects.exists()


def test_what_cannot_be_read_is_refused_in_the_usual_form(asked: Client) -> None:
    answer = asked.post(INTERACTIONS, "\x00", content_type="application/json")
    assert answer.status_code == 400
    assert [type(said) for said in answer.json().values()] == [list]


@pytest.mark.parametrize("sent", [r'{"product": "\ud800", "kind": "viewed"}', "[" * 100_000])
def test_json_that_no_answer_can_quote_or_follow_is_refused(
    client: Client, anna: User, look_alikes: LookAlikes, sent: str
) -> None:
    for user in (None, anna):  # of whom REST framework reads the body before the view does
        if user:
            client.force_login(user)
        answer = client.post(INTERACTIONS, sent, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json()


@pytest.mark.parametrize("query", ["exclude=%2B2AA-", "%2B2AA-=1", "%2B2AA-=1&limit=%2B2AA-"])
def test_a_query_in_an_odd_charset_is_refused(client: Client, db: None, query: str) -> None:
    """UTF-7 has half a surrogate pair in plain ASCII."""
    odd = client.get(f"{RECOMMENDATIONS}?{query}", headers={"Content-Type": "x/y; charset=utf-7"})
    assert odd.status_code == 400
    assert r"\\ud800" in odd.content.decode() or "limit" in odd.json()


def test_hidden_products_do_not_exist(asked: Client, look_alikes: LookAlikes) -> None:
    Product.objects.filter(pk=look_alikes["disc"][0].pk).update(published=False)
    sent = {"product": look_alikes["disc"][0].pk, "kind": "liked"}
    assert asked.post(INTERACTIONS, sent).status_code == 404


def test_what_was_bought_is_for_the_shop_to_say(
    asked: Client, anna: User, look_alikes: LookAlikes
) -> None:
    product = look_alikes["disc"][0]
    history.record(anna, product, "bought")
    sent = {"product": product.pk, "kind": "bought"}
    way_out = (
        "Write one of viewed, liked, cart, dismissed. What was bought is recorded by the shop "
        "itself, in Python."
    )
    for answer in (
        asked.post(INTERACTIONS, sent),
        asked.delete(f"{INTERACTIONS}?product={product.pk}&kind=bought"),
    ):
        assert (answer.status_code, answer.json()) == (400, {"kind": [way_out]})
    assert InteractionRow.objects.count() == 1


def test_a_shop_without_sessions_says_why_nothing_can_be_noted(
    look_alikes: LookAlikes, settings: Settings
) -> None:
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    client = Client()
    sent = {"product": look_alikes["disc"][0].pk, "kind": "liked"}
    answer = client.post(INTERACTIONS, sent)
    assert answer.status_code == 403
    assert "SessionMiddleware" in answer.json()["detail"]
    assert "Retry-After" not in answer
    assert results(client.get(RECOMMENDATIONS))


def test_what_cannot_be_noted_is_a_503(
    asked: Client, look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "record", lambda *_: False)
    sent = {"product": look_alikes["disc"][0].pk, "kind": "liked"}
    assert asked.post(INTERACTIONS, sent).status_code == 503


# --- the description ---------------------------------------------------------------------------


def test_the_schema_describes_these_addresses_where_the_shop_has_them(client: Client) -> None:
    described = client.get("/api/schema/").json()
    validate_schema(described)  # type: ignore[no-untyped-call]
    assert {RECOMMENDATIONS, INTERACTIONS, "/api/products/{id}/similar/"} <= {*described["paths"]}
    assert {"Recommended", "LikenedTo", "SimilarPage"} <= {*described["components"]["schemas"]}
    recommendations = described["paths"][RECOMMENDATIONS]["get"]
    assert recommendations["operationId"] == "recommendations"
    named = {each["name"]: each for each in recommendations["parameters"] if each["in"] == "query"}
    assert {"limit", "offset", "price_min", "price_max", "exclude"} <= {*named}
    assert not {"minimum", "sources", "price_within"} & {*named}
    assert named["limit"]["schema"]["default"] == 10
    assert named["offset"]["schema"]["maximum"] == 99
    assert "100 places" in named["offset"]["description"]
    assert {"200", "400", "429", "503"} <= {*recommendations["responses"]}
    sent = described["paths"][INTERACTIONS]
    assert {*sent} == {"post", "delete"}
    assert sent["post"]["operationId"] == "record"
    assert "application/json" in sent["post"]["requestBody"]["content"]
    assert "requestBody" not in sent["delete"]
    kind = described["components"]["schemas"]["InteractionParameters"]["properties"]["kind"]
    assert kind["enum"] == ["viewed", "liked", "cart", "dismissed"]
    assert "recorded by the shop itself" in kind["description"]


@pytest.mark.urls("tests.contrib.history.urls_without")
def test_and_not_where_it_has_not(client: Client) -> None:
    paths = client.get("/api/schema/").json()["paths"]
    assert paths
    assert not [path for path in paths if "recommendations" in path or "interactions" in path]
