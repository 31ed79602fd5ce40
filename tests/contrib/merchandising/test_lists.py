"""Every pin and every hide of the shop, in lists of their own."""

import pytest
from django.urls import reverse

from shop.models import Product
from vrs_app.contrib.merchandising import rules, section
from vrs_app.contrib.merchandising.models import Hidden, Pin

from ...conftest import MakeShown
from .conftest import LogIn, change_url

pytestmark = pytest.mark.django_db
PINS = "admin:vrs_merchandising_pin_changelist"
HIDDEN = "admin:vrs_merchandising_hidden_changelist"


@pytest.fixture
def things(make_shown: MakeShown) -> list[Product]:
    return [make_shown() for _ in range(4)]


def test_whoever_may_change_products_takes_many_back_at_once(
    log_in: LogIn, things: list[Product]
) -> None:
    for other in things[1:]:
        rules.arrange(things[0], {other.pk: rules.HERE})
    keys = list(Hidden.objects.values_list("pk", flat=True))
    chosen = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    log_in("change_product").post(reverse(HIDDEN), chosen)
    assert not Hidden.objects.exists()


def test_the_hidden_are_filtered_by_where(log_in: LogIn, things: list[Product]) -> None:
    rules.arrange(things[0], {things[1].pk: rules.HERE, things[2].pk: rules.EVERYWHERE})
    client = log_in("view_product")
    for where, name in (("page", things[1].name), ("everywhere", things[2].name)):
        html = client.get(reverse(HIDDEN), {"where": where}).content.decode()
        assert html.count('class="field-where"') == 1
        assert name in html


def test_a_mistake_in_a_pin_is_named(log_in: LogIn, things: list[Product]) -> None:
    rules.arrange(things[0], {things[1].pk: "1"})
    client, url = log_in("change_product"), reverse("admin:vrs_merchandising_pin_add")
    page, first, second = (str(each.pk) for each in things[:3])
    for recommended, position, text in (
        (page, "2", "A product is never recommended on its own page."),
        (first, "2", "It is pinned on that page already."),
        (second, "1", "Another product is pinned there."),
        (second, "0", "greater than or equal to 1"),
    ):
        sent = {"product": page, "recommended": recommended, "position": position}
        assert text in client.post(url, sent).content.decode()
    assert Pin.objects.count() == 1


def test_the_list_takes_as_many_queries_for_many_pins_as_for_few(
    log_in: LogIn, things: list[Product], django_assert_max_num_queries: object
) -> None:
    for position, other in enumerate(things[1:], 1):
        Pin.objects.create(product=things[0], recommended=other, position=position)
    client = log_in("view_product")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(reverse(PINS))


def test_a_products_page_leads_to_the_list_where_it_cannot_name_all(
    log_in: LogIn, things: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(section, "MOST_HIDDEN", 1)
    rules.arrange(things[0], dict.fromkeys([each.pk for each in things[1:]], rules.EVERYWHERE))
    html = log_in("change_product").get(change_url(things[0])).content.decode()
    assert f'href="{reverse(HIDDEN)}?where=everywhere"' in html
    assert html.count("vrs-card vrs-hidden") == 1
