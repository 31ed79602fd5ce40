"""What every address of the API keeps to: methods, types, caches, errors, who may ask."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from pytest_django import Settings

from shop.models import Product
from vrs_app.catalogue import catalogue
from vrs_app.checks.choices import THROTTLED

from .conftest import Get

pytestmark = pytest.mark.django_db

BOTH = pytest.mark.parametrize("what", ["similar", "carousel"])


@pytest.fixture
def tables_away() -> Iterator[None]:
    """As before our migration ran."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vrs_app_imageembedding RENAME TO away")
        yield
        cursor.execute("ALTER TABLE away RENAME TO vrs_app_imageembedding")


# --- methods and types ---------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_it_only_reads(client: Client, what: str, method: str) -> None:
    answer = getattr(client, method)(f"/api/products/1/{what}/")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


@BOTH
def test_head_is_get_without_a_body(client: Client, get: Get, product: Product, what: str) -> None:
    answer = client.head(f"/api/products/{product.pk}/{what}/")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer["Cache-Control"] == get(product, what=what)["Cache-Control"]


@BOTH
def test_options_says_what_may_be_done(client: Client, what: str) -> None:
    answer = client.options(f"/api/products/1/{what}/")
    assert answer.status_code == 200
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
@pytest.mark.parametrize("method", ["head", "options", "post"])
@pytest.mark.parametrize("address", ["docs/", "schema/", "products/1/carousel/"])
def test_no_method_is_a_fault(
    client: Client, product: Product, address: str, method: str, accept: str
) -> None:
    address = address.replace("1", str(product.pk))
    answer = getattr(client, method)(f"/api/{address}", headers={"Accept": accept})
    assert answer.status_code in ([405, 406] if method == "post" else [200, 406])
    if accept == "*/*":
        assert answer.status_code == (405 if method == "post" else 200)
        assert method == "head" or answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("what", "accept", "status"),
    [
        ("similar", "application/json", 200),
        ("similar", "*/*", 200),
        ("similar", "application/xml, application/*;q=0.1", 200),
        ("similar", "text/html", 406),
        ("similar", "nonsense", 406),
        ("carousel", "text/html", 200),
        ("carousel", "text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("carousel", "application/json", 406),
    ],
)
def test_the_type_is_what_the_client_accepts(
    get: Get, product: Product, what: str, accept: str, status: int
) -> None:
    assert get(product, what=what, headers={"Accept": accept}).status_code == status


@pytest.mark.parametrize("tail", ["x", "similar/similar/x", "similar.json", "similar//"])
def test_trailing_garbage_is_not_found(client: Client, tail: str) -> None:
    assert client.get(f"/api/products/1/{tail}", follow=True).status_code == 404


# --- caches --------------------------------------------------------------------------------


@BOTH
def test_an_unchanged_answer_costs_no_body(get: Get, product: Product, what: str) -> None:
    first = get(product, what=what)
    again = get(product, what=what, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"


@BOTH
def test_a_changed_answer_is_sent_anew(get: Get, product: Product, what: str) -> None:
    first = get(product, "?limit=4", what=what)
    shown = get(product, "?limit=1").json()["results"][0]["id"]
    Product.objects.filter(pk=shown).update(published=False)
    again = get(product, "?limit=4", what=what, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200


@BOTH
def test_a_shop_may_let_browsers_keep_answers_but_no_shared_cache(
    get: Get, product: Product, what: str, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"API_MAX_AGE": 60}
    assert get(product, what=what)["Cache-Control"] == "private, max-age=60"
    assert get(0, what=what)["Cache-Control"] == "no-store"


# --- errors --------------------------------------------------------------------------------


@BOTH
def test_tables_that_are_away_are_a_503(
    get: Get, product: Product, what: str, tables_away: None, caplog: pytest.LogCaptureFixture
) -> None:
    answer = get(product, what=what)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer["Cache-Control"] == "no-store"
    assert "not available at the moment" in answer.content.decode()
    assert "imageembedding" not in answer.content.decode()
    assert "imageembedding" in caplog.text


def test_the_log_names_what_got_no_answer(
    get: Get,
    client: Client,
    product: Product,
    tables_away: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    get(product)
    get(product, what="carousel")
    client.get("/api/search/", {"positive": product.pk})
    told = [record for record in caplog.records if record.name == "vrs_app.api.errors"]
    assert [record.message.split(":")[0] for record in told] == [
        f"{what} got no answer" for what in ("Similar", "Carousel", "Search")
    ]
    assert all(record.exc_info for record in told)


@BOTH
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_lost_connection_is_a_503(
    get: Get,
    product: Product,
    what: str,
    error: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(request: Any = None) -> Any:
        raise error("the connection is closed")

    monkeypatch.setattr(catalogue(), "visible", lost)
    assert get(product, what=what).status_code == 503


def test_a_statement_whose_time_ran_out_is_a_503(
    get: Get, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*arguments: Any, **options: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)")

    monkeypatch.setattr("vrs_app.api.views.similar_products", slowly)
    assert get(product).status_code == 503


def test_a_fault_of_ours_is_no_500_in_a_page(
    get: Get, product: Product, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("vrs_app.api.html.similar_products", lambda *given, **options: 1 / 0)
    assert get(product, what="carousel").status_code == 503
    settings.DEBUG = True
    with pytest.raises(ZeroDivisionError):  # its author shall see it
        get(product, what="carousel")


# --- who may ask ---------------------------------------------------------------------------


@BOTH
def test_everybody_may_unless_the_shop_says_otherwise(
    get: Get, client: Client, product: Product, what: str, settings: Settings, admin_user: Any
) -> None:
    assert get(product, what=what).status_code == 200
    allowed = ("rest_framework.permissions.IsAuthenticated",)
    settings.VRS = settings.VRS | {"API_PERMISSIONS": allowed}
    assert get(product, what=what).status_code in (401, 403)
    client.force_login(admin_user)
    assert get(product, what=what).status_code == 200


def test_a_wrong_password_is_told(get: Get, product: Product) -> None:
    wrong = "Basic " + b64encode(b"nobody:nothing").decode()
    answer = get(product, headers={"Authorization": wrong})
    assert answer.status_code in (401, 403)


# --- how often -----------------------------------------------------------------------------


@BOTH
def test_too_many_requests_are_told_when_to_come_again(
    get: Get, product: Product, what: str, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {what: "3/min"}}
    answers = [
        get(product, what=what, headers={"X-Forwarded-For": f"10.0.0.{number}"})
        for number in range(5)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1]["Cache-Control"] == "no-store"


def test_each_visitor_and_each_part_has_a_rate_of_its_own(
    get: Get, product: Product, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {"similar": "1/min"}}
    asked = [("192.0.2.1", 200), ("192.0.2.2", 200), ("192.0.2.1", 429), ("", 200)]
    for address, status in asked:
        assert get(product, REMOTE_ADDR=address).status_code == status
    assert get(product, what="carousel", REMOTE_ADDR="192.0.2.1").status_code == 200


def test_an_ipv6_subscriber_is_one_visitor(get: Get, product: Product, settings: Settings) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {"similar": "1/min"}}
    asked = [("2001:db8::1", 200), ("2001:db8::2", 429), ("2001:db8:0:1::1", 200)]
    for address, status in asked:
        assert get(product, REMOTE_ADDR=address).status_code == status


def test_behind_known_proxies_the_forwarded_address_counts(
    get: Get, product: Product, settings: Settings
) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {"similar": "1/min"}}
    settings.REST_FRAMEWORK = {"NUM_PROXIES": 1}
    asked = [("1.2.3.4, 192.0.2.1", 200), ("5.6.7.8, 192.0.2.1", 429), ("192.0.2.2", 200)]
    for address, status in asked:
        assert get(product, headers={"X-Forwarded-For": address}).status_code == status


def test_somebody_who_is_logged_in_is_one_visitor_anywhere(
    get: Get, client: Client, product: Product, settings: Settings, admin_user: Any
) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {"similar": "1/min"}}
    client.force_login(admin_user)
    assert get(product, REMOTE_ADDR="192.0.2.1").status_code == 200
    assert get(product, REMOTE_ADDR="192.0.2.2").status_code == 429


def test_answers_are_served_while_the_cache_that_counts_is_down(
    get: Get, product: Product, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.VRS = settings.VRS | {"API_THROTTLES": {"similar": "1/min"}}
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",  # nobody listens there
        }
    }
    for _ in range(2):
        assert get(product).status_code == 200
    assert "the cache fails" in caplog.text


def test_every_part_that_can_be_throttled_is_known_to_the_checks() -> None:
    from vrs_app.api.urls import urlpatterns
    from vrs_app.contrib.history.api.urls import urlpatterns as of_history

    views = [pattern.callback.view_class for pattern in [*urlpatterns, *of_history]]  # type: ignore[attr-defined]
    named = {view.throttle_name for view in views}
    assert named - {None} == set(THROTTLED)


def test_the_cache_is_asked_for_nothing_where_nothing_is_throttled(
    get: Get, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "get", lambda *arguments: pytest.fail("asked"))
    assert get(product).status_code == 200
