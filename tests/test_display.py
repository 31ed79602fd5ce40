"""One odd product costs no other: each page goes on with the rest, and the log says so once."""

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shop.models import Product
from vrs_app import display
from vrs_app.catalogue import Interaction, Picture, catalogue
from vrs_app.contrib import history
from vrs_app.contrib.history.models import InteractionRow
from vrs_app.contrib.history.shopper import Shopper
from vrs_app.contrib.merchandising.models import Hidden, Pin
from vrs_app.display import Display
from vrs_app.queries import newest_products, search, similar_products
from vrs_app.reports.evaluation import categories

from .conftest import LookAlikes
from .refused import ask_for_nothing

pytestmark = pytest.mark.django_db

Break = Callable[[str], None]


@pytest.fixture
def log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> pytest.LogCaptureFixture:
    """As of a process in which nothing has gone wrong yet."""
    monkeypatch.setattr(logging.getLogger("vrs_app"), "propagate", True)
    monkeypatch.setattr(display, "_logged", {})
    return caplog


@pytest.fixture
def odd(look_alikes: LookAlikes) -> Product:
    """A disc, which is among the nearest of all other discs."""
    return look_alikes["disc"][1]


@pytest.fixture
def product(look_alikes: LookAlikes) -> Product:
    return look_alikes["disc"][0]


def breaks(
    monkeypatch: pytest.MonkeyPatch, method: str, odd: Product, error: type[Exception] = KeyError
) -> None:
    """Let the method of the shop's Catalogue raise for `odd` alone."""
    real = getattr(catalogue(), method)

    def raising(product: Any, *given: Any) -> Any:
        if product.pk == odd.pk:
            raise error("odd")
        return real(product, *given)

    monkeypatch.setattr(catalogue(), method, raising)


@pytest.fixture
def no_slug(odd: Product) -> Product:
    """Stored without its slug, so that its URL cannot be reversed."""
    Product.objects.filter(pk=odd.pk).update(slug="")
    return odd


def keys(items: Any) -> list[int]:
    return [item.product.pk for item in items]


# --- queries -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["title", "url", "price_label"])
def test_a_product_that_cannot_be_shown_is_left_out_and_the_next_takes_its_place(
    product: Product, odd: Product, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keys(similar_products(product, limit=13))
    assert odd.pk in before
    breaks(monkeypatch, method, odd)
    found = similar_products(product, limit=12)
    assert keys(found) == [key for key in before if key != odd.pk]
    assert [item.position for item in found] == list(range(1, 13))


def test_pages_neither_overlap_nor_leave_gaps(product: Product, no_slug: Product) -> None:
    whole = keys(similar_products(product, limit=20))
    assert len(whole) == 20
    pages = [similar_products(product, limit=5, offset=offset) for offset in range(0, 20, 5)]
    assert [key for page in pages for key in keys(page)] == whole


def test_a_group_whose_first_is_odd_is_led_by_its_near_duplicate(
    product: Product, odd: Product, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.VRS = {**settings.VRS, "DUPLICATE_THRESHOLD": 0.3}
    first = similar_products(product, minimum=1)[0]
    assert first.duplicates
    breaks(monkeypatch, "title", first.product)
    led = similar_products(product, minimum=1)[0]
    assert led.product == first.duplicates[0].product
    assert keys(led.duplicates) == keys(first.duplicates[1:])


def test_too_few_that_can_be_shown_are_filled_up_from_the_next_source(
    product: Product, look_alikes: LookAlikes, odd: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Product.objects.filter(pk__in=[each.pk for each in look_alikes["disc"][:5]])
    breaks(monkeypatch, "url", odd)
    monkeypatch.setattr("vrs_app.queries.fallback.text", lambda *given: [])
    alike = {"queryset": few, "sources": ("visual", "category")}
    assert similar_products(product, minimum=4, **alike) == []  # type: ignore[arg-type]
    assert len(similar_products(product, minimum=3, **alike)) == 3  # type: ignore[arg-type]


def test_other_queries_leave_it_out_too(look_alikes: LookAlikes, no_slug: Product) -> None:
    every = Product.objects.count()
    assert len(newest_products(limit=every)) == every - 1
    assert len(search("thing", limit=every, expand=False)) == every - 1
    found = search(positive=[look_alikes["disc"][0]], limit=every)
    assert len(found) == every - 2


def test_a_price_that_raises_is_none_to_be_near_to(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, "price", product)
    assert similar_products(product, price_within=0.2)


def test_a_category_that_raises_is_none_to_fill_up_from(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, "same_category", product)
    found = similar_products(product, sources=("category", "newest"))
    assert {item.source for item in found} == {"newest"}


def test_what_is_shown_of_an_item_is_read_once(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    real = catalogue().title

    def title(each: Any) -> str:
        asked.append(each.pk)
        return real(each)

    monkeypatch.setattr(catalogue(), "title", title)
    items = list(similar_products(product))
    assert all(item.title for item in items for _ in range(2))
    assert len(asked) == len(set(asked)) == len(items)


def test_an_error_of_the_database_is_no_oddity_of_a_product(
    product: Product, odd: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "title", lambda each: ask_for_nothing())
    with pytest.raises(DatabaseError):
        list(similar_products(product))


# --- the log -------------------------------------------------------------------------------------


def test_it_is_logged_once_with_its_stack_and_not_at_each_request(
    product: Product, no_slug: Product, log: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        list(similar_products(product))
    (record,) = log.records
    assert record.exc_info
    assert "catalogue_method_failed method=url error=" in record.message
    assert f"product={no_slug.pk}" in record.message


def test_and_an_hour_later_in_one_line(
    odd: Product, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, "title", odd)
    for now in (0.0, display.QUIET_SECONDS - 1.0, display.QUIET_SECONDS + 0.0):
        monkeypatch.setattr(display, "time", SimpleNamespace(monotonic=lambda now=now: now))
        assert not Display(odd).can_show("title")
    assert [bool(record.exc_info) for record in log.records] == [True, False]


def test_another_kind_of_error_and_another_method_are_logged_at_once(
    odd: Product, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method, error in (("title", KeyError), ("title", TypeError), ("url", KeyError)):
        with monkeypatch.context() as patched:
            breaks(patched, method, odd, error)
            assert not Display(odd).can_show("title", "url")
    assert len(log.records) == 3


# --- pages and API -------------------------------------------------------------------------------


def test_the_carousels_api_and_pages_go_on_with_the_others(
    client: Client, product: Product, no_slug: Product
) -> None:
    html = Template("{% load vrs %}{% similar_products product limit=12 %}").render(
        Context({"product": product})
    )
    assert html.count('class="vrs-item"') == 12
    assert f">{no_slug.name}<" not in html
    similar = client.get(f"/api/products/{product.pk}/similar/?limit=12")
    assert len(similar.json()["results"]) == 12
    assert client.get(f"/api/products/{product.pk}/carousel/").status_code == 200
    for url in ("/", "/search/?words=thing", f"/products/{product.slug}/similar/", "/for-you/"):
        assert client.get(url).status_code == 200, url


def test_every_other_product_is_reached_by_the_next_pages_of_the_api(
    client: Client, product: Product, no_slug: Product
) -> None:
    url, found = f"/api/products/{product.pk}/similar/?limit=5", []
    while url:
        page = client.get(url).json()
        found += [each["id"] for each in page["results"]]
        url = page["next"]
    others = set(
        Product.objects.exclude(pk__in=[product.pk, no_slug.pk]).values_list("pk", flat=True)
    )
    assert len(found) == len(set(found))
    assert set(found) == others


def test_a_price_that_raises_costs_the_api_that_product_alone(
    client: Client, product: Product, odd: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, "price", odd)
    answer = client.get("/api/search/?words=thing&limit=24&expand=false").json()
    assert len(answer["results"]) == Product.objects.count() - 1


def test_an_odd_example_is_not_named(
    client: Client, no_slug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get(f"/api/search/?positive={no_slug.pk}")
    assert answer.json()["results"]
    assert {each["because"] for each in answer.json()["results"]} == {None}


def test_a_thumbnail_that_raises_costs_that_picture(
    client: Client, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = without_thumbnail(monkeypatch, similar_products(product)[0].picture)
    results = client.get(f"/api/products/{product.pk}/similar/").json()["results"]
    assert results[0]["image"] is None
    assert all(each["image"] for each in results[1:])
    html = client.get(f"/api/products/{product.pk}/carousel/").content.decode()
    assert html.count("<img") == len(results) - 1
    assert bad


def without_thumbnail(monkeypatch: pytest.MonkeyPatch, picture: Picture | None) -> Picture:
    """Let the shop's thumbnail library raise for one picture."""
    assert picture is not None
    real = catalogue().thumbnail_url

    def raising(each: Picture) -> str:
        if each.name == picture.name:
            raise FileNotFoundError(each.name)
        return real(each)

    monkeypatch.setattr(catalogue(), "thumbnail_url", raising)
    return picture


# --- the admin -----------------------------------------------------------------------------------


def test_a_bad_thumbnail_is_an_empty_cell_of_the_admin(
    admin_client: Client, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    (image,) = product.images.all()
    without_thumbnail(monkeypatch, Picture(name=image.image.name or ""))
    pictures = admin_client.get(reverse("admin:vrs_app_indexedimage_changelist"))
    assert pictures.status_code == 200
    assert pictures.content.decode().count('height="64"') == Product.objects.count() - 1
    change = reverse("admin:shop_product_change", args=[product.pk])
    assert admin_client.get(change).status_code == 200


@pytest.fixture
def nameless(odd: Product, monkeypatch: pytest.MonkeyPatch) -> Product:
    """Its `__str__` raises."""
    real = Product.__str__

    def raising(product: Product) -> str:
        if product.pk == odd.pk:
            raise AttributeError("odd")
        return real(product)

    monkeypatch.setattr(Product, "__str__", raising)
    return odd


def test_a_product_whose_str_raises_closes_no_list_of_the_admin(
    admin_client: Client, product: Product, nameless: Product
) -> None:
    Pin.objects.create(product=product, recommended=nameless)
    Hidden.objects.create(hidden=nameless)
    InteractionRow.objects.create(
        product=nameless,
        kind="viewed",
        at=timezone.now(),
        user_id=admin_client.session["_auth_user_id"],
    )
    for name in (
        "vrs_app_indexedimage",
        "vrs_merchandising_pin",
        "vrs_merchandising_hidden",
        "vrs_history_interactionrow",
    ):
        html = admin_client.get(reverse(f"admin:{name}_changelist"))
        assert html.status_code == 200, name
        assert f"Product object ({nameless.pk})" in html.content.decode(), name
    change = reverse("admin:shop_product_change", args=[product.pk])
    assert f"Product object ({nameless.pk})" in admin_client.get(change).content.decode()


def test_a_category_that_raises_costs_an_evaluation_that_product_alone(
    odd: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, "category", odd)
    every = set(Product.objects.values_list("pk", flat=True))
    assert set(categories.load(every).of) == every - {odd.pk}


# --- the shopper's history -----------------------------------------------------------------------


@pytest.fixture
def shopper(django_user_model: Any) -> Shopper:
    return Shopper.of(django_user_model.objects.create_user("anna", password="x"))


def test_the_history_goes_on_with_the_others(
    shopper: Shopper, product: Product, no_slug: Product, look_alikes: LookAlikes
) -> None:
    for each in (product, no_slug, look_alikes["bars"][0]):
        history.record(shopper, each, "viewed")
    assert keys(history.recently_viewed(shopper)) == [look_alikes["bars"][0].pk, product.pk]
    assert no_slug.pk not in keys(history.popular_products())
    found = history.recommend_for(shopper, limit=12)
    assert len(found) == 12
    assert no_slug.pk not in keys(found)


def test_an_odd_product_of_the_past_gives_no_reason_but_the_recommendation_stays(
    shopper: Shopper, odd: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.record(shopper, odd, "bought")
    breaks(monkeypatch, "title", odd)
    reasons = {item.reason for item in history.recommend_for(shopper) if item.because}  # type: ignore[attr-defined]
    assert reasons == {"Chosen for you"}


def test_interactions_that_raise_count_as_none(
    client: Client, shopper: Shopper, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    for raising in (lambda who: 1 / 0, lambda who: ask_for_nothing()):
        monkeypatch.setattr(catalogue(), "interactions", raising)
        history.record(shopper, product, "liked")
        assert [each.kind for each in history.interactions(shopper)] == ["liked"]
        assert shopper.user is not None
        client.force_login(shopper.user)
        assert client.get(product.get_absolute_url()).status_code == 200


def test_an_interaction_that_makes_no_sense_costs_no_other(
    shopper: Shopper, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [
        SimpleNamespace(product=product.pk, kind="sniffed", at=timezone.now()),
        Interaction(product=product.pk, kind="bought", at=timezone.now()),
    ]
    monkeypatch.setattr(catalogue(), "interactions", lambda who: given)
    assert [each.kind for each in history.interactions(shopper)] == ["bought"]
