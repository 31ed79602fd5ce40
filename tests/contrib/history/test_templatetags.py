"""`{% load vrs_history %}`: one line in a page, and never a broken one."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from shop.models import Product
from vrs_app.catalogue import catalogue
from vrs_app.contrib import history
from vrs_app.contrib.history.models import InteractionRow

from ...refused import ask_for_nothing
from .conftest import LookAlikes, visit
from .test_recording import table_away

__all__ = ["table_away"]

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contrib.history.urls")]


def render(source: str, **context: Any) -> str:
    return Template("{% load vrs_history %}" + source).render(Context(context))


def test_one_line_draws_the_carousel_with_reasons(anna: User, look_alikes: LookAlikes) -> None:
    history.record(anna, look_alikes["disc"][0], "liked")
    html = render("{% recommended_products limit=5 %}", request=visit(anna))
    assert html.count('class="vrs-item"') == 5
    assert "Recommended for you" in html
    assert html.count("Because you liked Thing 1") == 5


def test_a_shop_that_draws_its_own_gets_the_items(anna: User, look_alikes: LookAlikes) -> None:
    history.record(anna, look_alikes["disc"][0], "viewed")
    source = (
        "{% get_recommended_products limit=3 as items %}{% for item in items %}r{% endfor %}"
        "{% get_recently_viewed limit=3 as items %}{% for item in items %}v{% endfor %}"
        "{% get_like_recently_viewed limit=3 as items %}{% for item in items %}l{% endfor %}"
    )
    assert render(source, request=visit(anna)) == "rrrvlll"


def test_a_catalogue_that_fails_the_database_while_drawing_leaves_the_pages_transaction_usable(
    anna: User, look_alikes: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "title", lambda product: ask_for_nothing())
    assert render("{% recommended_products %}after", request=visit(anna)).strip() == "after"
    assert User.objects.exists()


def test_without_a_request_somebody_unknown_is_meant(look_alikes: LookAlikes) -> None:
    html = render("{% recommended_products %}")
    assert html.count("New in the shop") == 10
    assert "<form" not in html


def test_not_interested_is_a_plain_form_that_leads_back(
    anna: User, look_alikes: LookAlikes
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    request = visit(anna)
    html = render("{% recommended_products limit=4 %}", request=request)
    form = re.search(r"<form.*?</form>", html, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]+)"', form[0]))
    assert fields["next"] == "/"
    assert f'action="{reverse("vrs_history:note")}"' in form[0]
    client.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    answer = client.post(reverse("vrs_history:note"), fields)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    row = InteractionRow.objects.get()
    assert (row.user, row.kind, str(row.product_id)) == (anna, "dismissed", fields["product"])
    del fields["csrfmiddlewaretoken"]
    assert client.post(reverse("vrs_history:note"), fields).status_code == 403


def test_no_limit_is_the_usual_one(anna: User, look_alikes: LookAlikes) -> None:
    history.record(anna, look_alikes["disc"][0], "viewed")
    html = render("{% recommended_products limit=n %}", request=visit(anna), n=None)
    assert html.count('class="vrs-item"') == 10
    source = "{% get_recommended_products limit=n as items %}{{ items|length }}"
    assert render(source, request=visit(anna), n=None) == "10"


@pytest.mark.parametrize("limit", ["x", -1, 1.5, True, [], {}])
def test_a_limit_that_is_none_draws_nothing_and_is_logged(
    look_alikes: LookAlikes, caplog: pytest.LogCaptureFixture, limit: Any
) -> None:
    assert render("{% recommended_products limit=n %}", n=limit).strip() == ""
    assert "limit takes a whole number" in caplog.text


@pytest.mark.parametrize("note_url", ["", "/my/own/"])
def test_where_the_button_sends_to_is_the_shops_to_say(
    anna: User, look_alikes: LookAlikes, note_url: str
) -> None:
    html = render("{% recommended_products note_url=url %}", request=visit(anna), url=note_url)
    assert ("<form" in html) is bool(note_url)
    assert html.count(f'action="{note_url}"') == (10 if note_url else 0)


@pytest.mark.urls("tests.contrib.history.urls_without")
def test_without_our_addresses_there_is_no_button(anna: User, look_alikes: LookAlikes) -> None:
    html = render("{% recommended_products %}", request=visit(anna))
    assert "vrs-item" in html
    assert "<form" not in html


def test_fewer_than_the_minimum_is_nothing_at_all(anna: User, look_alikes: LookAlikes) -> None:
    Product.objects.exclude(pk__in=[each.pk for each in look_alikes["disc"][:3]]).delete()
    assert render("{% recommended_products %}", request=visit(anna)).strip() == ""
    assert "vrs-item" in render("{% recommended_products limit=3 %}", request=visit(anna))


def test_an_error_costs_the_carousel_and_not_the_page(
    anna: User,
    look_alikes: LookAlikes,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    source = "{% recommended_products limit=limit %}after"
    for limit in ("six", -1, 4.5):
        assert render(source, request=visit(anna), limit=limit).strip() == "after"
    monkeypatch.setattr(catalogue(), "visible", lambda request: 1 / 0)
    assert render("{% recommended_products %}after", request=visit(anna)).strip() == "after"
    assert render("{% get_recently_viewed as items %}after", request=visit(anna)) == "after"
    settings.DEBUG = True
    with pytest.raises(ZeroDivisionError):
        render("{% recommended_products %}", request=visit(anna))


def test_a_page_is_served_before_our_table_is_there(
    anna: User, look_alikes: LookAlikes, table_away: None
) -> None:
    html = render("{% recommended_products %}", request=visit(anna))
    assert html.count("New in the shop") == 10
    assert Product.objects.exists()


def test_names_are_text_and_nothing_else(anna: User, look_alikes: LookAlikes) -> None:
    liked = look_alikes["disc"][0]
    Product.objects.filter(pk=liked.pk).update(name="</p><script>alert(1)</script>")
    history.record(anna, liked, "liked")
    html = render("{% recommended_products %}", request=visit(anna))
    assert "Because you liked &lt;/p&gt;&lt;script&gt;" in html
    assert "<script>" not in html


def test_looking_costs_no_more_queries_with_more_items(
    anna: User, look_alikes: LookAlikes
) -> None:
    history.record(anna, look_alikes["disc"][0], "liked")
    counts = []
    for limit in (4, 12):
        with CaptureQueriesContext(connection) as queries:
            render("{% recommended_products limit=limit %}", request=visit(anna), limit=limit)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- the address that the form sends to -----------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"kind": "loved"}, 400),
        ({"kind": "bought"}, 400),
        ({"kind": "bought", "undo": "1"}, 400),
        ({"product": ""}, 400),
        ({"product": "x"}, 400),
        ({"product": "1\x00"}, 400),
        ({"product": "0"}, 404),
        ({}, 302),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: Client, look_alikes: LookAlikes, sent: dict[str, str], status: int
) -> None:
    usual = {"product": str(look_alikes["disc"][0].pk), "kind": "liked"}
    assert client.post(reverse("vrs_history:note"), usual | sent).status_code == status
    assert InteractionRow.objects.exists() is (status == 302)
    assert client.get(reverse("vrs_history:note")).status_code == 405


def test_what_was_bought_is_for_the_shop_to_say(client: Client, look_alikes: LookAlikes) -> None:
    sent = {"product": str(look_alikes["disc"][0].pk), "kind": "bought"}
    answer = client.post(reverse("vrs_history:note"), sent)
    assert answer["Content-Type"].startswith("text/plain")
    said = answer.content.decode()
    assert "viewed, liked, cart, dismissed" in said
    assert "recorded by the shop itself" in said


def test_a_like_is_taken_back_and_hidden_products_do_not_exist(
    client: Client, look_alikes: LookAlikes
) -> None:
    product = look_alikes["disc"][0]
    sent = {"product": str(product.pk), "kind": "liked"}
    client.post(reverse("vrs_history:note"), sent)
    assert InteractionRow.objects.count() == 1
    client.post(reverse("vrs_history:note"), sent | {"undo": "1"})
    assert not InteractionRow.objects.exists()
    Product.objects.filter(pk=product.pk).update(published=False)
    assert client.post(reverse("vrs_history:note"), sent).status_code == 404


@pytest.mark.parametrize(
    ("next", "leads_to"),
    [("/products/x/?a=1", "/products/x/?a=1"), ("//evil.test/", "/"), ("https://evil.test/", "/")],
)
def test_it_never_leads_to_another_host(
    client: Client, look_alikes: LookAlikes, next: str, leads_to: str
) -> None:
    sent = {"product": str(look_alikes["disc"][0].pk), "kind": "liked", "next": next}
    assert client.post(reverse("vrs_history:note"), sent)["Location"] == leads_to
