"""The section of a product's admin page: what it says, what it saves, and whom it lets."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from shop.admin import ProductAdmin
from shop.models import Product
from vrs_app.contrib.merchandising import rules
from vrs_app.contrib.merchandising import section as sections
from vrs_app.contrib.merchandising.models import Hidden, Pin
from vrs_app.models import IndexedImage

from ...conftest import EmbedAll, MakeShown
from ...shapes import shape
from .conftest import PREFIX, LogIn, change_url, posted, section, shown

pytestmark = pytest.mark.django_db

MAY_CHANGE = ("change_product",)


def opened(client: Client, product: Product) -> str:
    """The product's page."""
    answer = client.get(change_url(product))
    assert answer.status_code == 200
    return answer.content.decode()


def save(client: Client, product: Product, **fields: str) -> str:
    """Send the product's form and read the page that follows."""
    answer = client.post(change_url(product), posted(product, **fields), follow=True)
    return answer.content.decode()


# --- what it says -----------------------------------------------------------------------------


def test_it_shows_what_shoppers_see_and_why(log_in: LogIn, discs: list[Product]) -> None:
    html = opened(log_in(*MAY_CHANGE), discs[0])
    for other in shown(discs[0]):
        assert other.name in html
        assert f'href="{change_url(other)}"' in html
    assert "looks alike (0." in html


@pytest.mark.slow
def test_pins_and_hides_are_told_apart(
    log_in: LogIn, discs: list[Product], look_alikes: dict[str, list[Product]]
) -> None:
    Pin.objects.create(product=discs[0], recommended=discs[1])
    Pin.objects.create(product=discs[0], recommended=look_alikes["bars"][0], position=3)
    Product.objects.filter(pk=look_alikes["bars"][0].pk).update(stock=0)
    Hidden.objects.create(product=discs[0], hidden=discs[2])
    Hidden.objects.create(product=None, hidden=discs[3])
    html = opened(log_in(*MAY_CHANGE), discs[0])
    assert "pinned by hand" in html
    assert "pinned, but not on sale now" in html
    assert "hidden here" in html
    assert "hidden everywhere" in html


def test_pins_that_are_held_back_stand_by_position_and_say_why(
    log_in: LogIn, discs: list[Product], look_alikes: dict[str, list[Product]]
) -> None:
    page, here, sold_out, last = discs[0], discs[1], *look_alikes["bars"][:2]
    for position, other in ((30, last), (8, here), (2, sold_out)):
        Pin.objects.create(product=page, recommended=other, position=position)
    Hidden.objects.create(product=page, hidden=here)
    Product.objects.filter(pk=sold_out.pk).update(stock=0)
    found = sections.section(page, "admin").held_back
    assert [(card.key, card.reason) for card in found] == [
        (sold_out.pk, "pinned, but not on sale now"),
        (here.pk, "pinned, but hidden here too"),
        (last.pk, "pinned, but there is no room for it"),
    ]


def test_a_pin_in_an_empty_row_lacks_no_room(make_shown: MakeShown, embed_all: EmbedAll) -> None:
    page, other = make_shown(shape()), make_shown(shape(seed=1))
    embed_all()
    Pin.objects.create(product=page, recommended=other)
    (card,) = sections.section(page, "admin").held_back
    assert card.reason == "pinned, but nothing is shown here now"


@pytest.mark.parametrize(
    ("pictures", "fields", "text"),
    [
        ([shape()], {"published": False}, "not on sale now, so no other page recommends it"),
        ([], {}, "has no picture yet"),
        ([b"no picture"], {}, "None of its pictures could be used"),
        ([shape()], {}, "fewer than 4 products can be shown"),
    ],
)
def test_what_keeps_it_from_being_recommended_is_said(
    log_in: LogIn,
    make_shown: MakeShown,
    embed_all: EmbedAll,
    pictures: list[bytes],
    fields: dict[str, bool],
    text: str,
) -> None:
    product = make_shown(*pictures, **fields)
    embed_all()
    assert text in opened(log_in(*MAY_CHANGE), product)


def test_a_product_that_waits_for_the_worker_says_so(
    log_in: LogIn, discs: list[Product], make_shown: MakeShown
) -> None:
    assert "still waiting for the worker" in opened(log_in(*MAY_CHANGE), make_shown(shape()))


def test_a_picture_that_a_save_withheld_is_neither_shown_nor_counted(
    make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    page, hidden = make_shown(shape()), make_shown(shape("bars"))
    embed_all()
    Hidden.objects.create(product=page, hidden=hidden)
    IndexedImage.objects.update(withheld_at=timezone.now())
    found = sections.section(page, "admin")
    assert "It has no picture yet, so nothing can look like it." in found.notices
    assert [card.thumbnail_url for card in found.hidden] == [None]
    IndexedImage.objects.update(withheld_at=None)
    found = sections.section(page, "admin")
    assert "It has no picture yet, so nothing can look like it." not in found.notices
    assert all(card.thumbnail_url for card in found.hidden)


def test_a_new_product_is_told_what_will_be_here(log_in: LogIn, db: None) -> None:
    html = log_in("add_product").get(reverse("admin:shop_product_add")).content.decode()
    assert "Once this product is saved" in html


def test_it_takes_as_many_queries_for_many_rules_as_for_few(
    log_in: LogIn, discs: list[Product], look_alikes: dict[str, list[Product]]
) -> None:
    client = log_in(*MAY_CHANGE)
    counts = []
    for number in (1, 6):
        Pin.objects.all().delete()
        Hidden.objects.all().delete()
        for position, other in enumerate(look_alikes["bars"][:number], 1):
            Pin.objects.create(product=discs[0], recommended=other, position=position)
        for other in look_alikes["triangle"][:number]:
            Hidden.objects.create(product=discs[0], hidden=other)
        with CaptureQueriesContext(connection) as captured:
            opened(client, discs[0])
        counts.append(len(captured))
    assert counts[1] <= counts[0] + 2, counts  # fewer rows may take a second look


# --- what it saves ----------------------------------------------------------------------------


def test_hidden_and_pinned_together_with_the_product(log_in: LogIn, discs: list[Product]) -> None:
    page, hidden, gone, pinned = discs[:4]
    choices = {hidden: ("", rules.HERE), gone: ("", rules.EVERYWHERE), pinned: ("", "2")}
    save(log_in(*MAY_CHANGE), page, **section(choices), price="12.50")
    assert Product.objects.get(pk=page.pk).price == Decimal("12.50")
    here, elsewhere = shown(page), shown(discs[4])
    assert len(here) == len(elsewhere) == 12
    assert hidden not in here and hidden in elsewhere
    assert gone not in here and gone not in elsewhere
    assert here[1] == pinned


def test_any_other_product_is_pinned(
    log_in: LogIn, discs: list[Product], look_alikes: dict[str, list[Product]]
) -> None:
    bars = look_alikes["bars"][0]
    save(log_in(*MAY_CHANGE), discs[0], **section({}, to_pin=str(bars.pk), position="1"))
    assert shown(discs[0])[0] == bars


def test_what_was_pinned_or_hidden_is_taken_back(log_in: LogIn, discs: list[Product]) -> None:
    page, pinned, hidden = discs[:3]
    rules.arrange(page, {pinned.pk: "1", hidden.pk: rules.EVERYWHERE})
    choices = {pinned: ("1", ""), hidden: (rules.EVERYWHERE, "")}
    save(log_in(*MAY_CHANGE), page, **section(choices))
    assert not Pin.objects.exists()
    assert not Hidden.objects.exists()


@pytest.mark.slow
def test_the_product_itself_is_recommended_nowhere(log_in: LogIn, discs: list[Product]) -> None:
    client = log_in(*MAY_CHANGE)
    save(client, discs[0], **section({discs[0]: ("", rules.EVERYWHERE)}))
    elsewhere = shown(discs[1])
    assert len(elsewhere) == 12
    assert discs[0] not in elsewhere
    save(client, discs[0], **section({discs[0]: (rules.EVERYWHERE, "")}))
    assert discs[0] in shown(discs[1])


def test_what_others_did_meanwhile_stays(log_in: LogIn, discs: list[Product]) -> None:
    page, other, hidden = discs[:3]
    rules.arrange(page, {other.pk: "1"})  # after this person opened the page
    choices = {other: ("", ""), hidden: ("", rules.HERE)}
    save(log_in(*MAY_CHANGE), page, **section(choices))
    assert rules.places(page) == {other.pk: "1", hidden.pk: rules.HERE}


def test_the_history_of_the_product_tells_of_it(log_in: LogIn, discs: list[Product]) -> None:
    save(log_in(*MAY_CHANGE), discs[0], **section({discs[1]: ("", "3")}))
    entry = LogEntry.objects.latest("pk")
    assert f"Added pinned product “{discs[1]} → 3”" in entry.get_change_message()


@pytest.mark.parametrize("commit", [True, False])
def test_a_shop_with_its_own_save_formset_keeps_it(
    log_in: LogIn, discs: list[Product], monkeypatch: pytest.MonkeyPatch, commit: bool
) -> None:
    def save_formset(
        self: object, request: object, form: object, formset: object, change: bool
    ) -> None:
        for row in formset.save(commit=commit):  # type: ignore[attr-defined]
            row.save()
        if not commit:
            formset.save_m2m()  # type: ignore[attr-defined]

    monkeypatch.setattr(ProductAdmin, "save_formset", save_formset)
    save(log_in(*MAY_CHANGE), discs[0], **section({discs[1]: ("", "1")}))
    assert rules.places(discs[0]) == {discs[1].pk: "1"}


# --- what it refuses ----------------------------------------------------------------------------


def test_a_product_is_never_pinned_to_itself(log_in: LogIn, discs: list[Product]) -> None:
    html = save(log_in(*MAY_CHANGE), discs[0], **section({}, to_pin=str(discs[0].pk)))
    assert "A product is never recommended on its own page." in html
    assert not Pin.objects.exists()


def test_what_is_hidden_everywhere_is_not_pinned(log_in: LogIn, discs: list[Product]) -> None:
    Hidden.objects.create(product=None, hidden=discs[1])
    html = save(log_in(*MAY_CHANGE), discs[0], **section({}, to_pin=str(discs[1].pk)))
    assert "That product is hidden everywhere." in html
    assert not Pin.objects.exists()


@pytest.mark.parametrize("key", ["abc", "0", "9" * 30, "-1", "1;DROP", "\x00"])
def test_what_is_no_product_is_not_pinned(log_in: LogIn, discs: list[Product], key: str) -> None:
    html = save(log_in(*MAY_CHANGE), discs[0], **section({}, to_pin=key))
    assert "Select a valid choice" in html or "Null characters are not allowed" in html
    assert not Pin.objects.exists()


def test_a_mistake_elsewhere_in_the_form_keeps_what_was_chosen(
    log_in: LogIn, discs: list[Product]
) -> None:
    other = shown(discs[0])[0]
    html = save(log_in(*MAY_CHANGE), discs[0], **section({other: ("", "5")}), price="a lot")
    assert "Enter a number." in html
    assert '<option value="5" selected>' in html
    assert not Pin.objects.exists()


@pytest.mark.parametrize("place", ["0", "-1", "40000", "elsewhere", "²"])
@pytest.mark.parametrize("before", ["", "0", "99999", "²", "elsewhere"])
def test_odd_places_are_refused(
    log_in: LogIn, make_shown: MakeShown, place: str, before: str
) -> None:
    page, other = make_shown(), make_shown()
    save(log_in(*MAY_CHANGE), page, **section({other: (before, place)}))
    assert not Pin.objects.exists()
    assert not Hidden.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "999999999999999999999", "-1", "1;DROP", "\x00"])
def test_odd_keys_are_passed_over(log_in: LogIn, make_shown: MakeShown, key: str) -> None:
    page = make_shown()
    sent = section({}) | {f"{PREFIX}-place:{key}": "here"}
    save(log_in(*MAY_CHANGE), page, **sent, price="3")
    assert Product.objects.get(pk=page.pk).price == 3
    assert not Hidden.objects.exists()


def test_the_product_itself_takes_no_position(log_in: LogIn, discs: list[Product]) -> None:
    save(log_in(*MAY_CHANGE), discs[0], **section({discs[0]: ("", "1")}))
    assert not Pin.objects.exists()


# --- whom it lets -------------------------------------------------------------------------------


def test_staff_who_may_only_look_see_it_without_choices(
    log_in: LogIn, discs: list[Product]
) -> None:
    client = log_in("view_product")
    html = opened(client, discs[0])
    assert shown(discs[0])[0].name in html
    assert f'name="{PREFIX}-' not in html
    sent = posted(discs[0], **section({discs[1]: ("", "1")}))
    assert client.post(change_url(discs[0]), sent).status_code == 403
    assert not Pin.objects.exists()


def test_staff_who_may_delete_products_need_no_permission_of_ours(
    log_in: LogIn, discs: list[Product]
) -> None:
    page, other = discs[:2]
    rules.arrange(page, {other.pk: "1"})
    rules.arrange(other, {page.pk: rules.HERE})
    rules.arrange(other, {other.pk: rules.EVERYWHERE})
    Product.objects.get(pk=page.pk).images.all().delete()
    client = log_in("delete_product")
    url = reverse("admin:shop_product_delete", args=[page.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not Product.objects.filter(pk=page.pk).exists()
    assert list(Hidden.objects.values_list("hidden", flat=True)) == [other.pk]
    assert not Pin.objects.exists()


def test_only_they_may_delete_rules_by_hand(log_in: LogIn, discs: list[Product]) -> None:
    rules.arrange(discs[0], {discs[1].pk: "1"})
    client = log_in("delete_product", "view_product")
    url = reverse("admin:vrs_merchandising_pin_delete", args=[Pin.objects.get().pk])
    assert client.post(url, {"post": "yes"}).status_code == 403
    assert Pin.objects.exists()


# --- what it never breaks ----------------------------------------------------------------------


def test_a_form_that_never_heard_of_it_is_saved(log_in: LogIn, discs: list[Product]) -> None:
    save(log_in(*MAY_CHANGE), discs[0], price="7")
    assert Product.objects.get(pk=discs[0].pk).price == 7


@pytest.mark.usefixtures("new_process")
@pytest.mark.parametrize("table", ["vrs_merchandising_pin", "vrs_app_indexedimage"])
def test_a_products_page_opens_and_saves_before_our_tables_exist(
    log_in: LogIn, discs: list[Product], table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vrs_app.contrib.merchandising.admin import MerchandisingInline

    monkeypatch.setattr(ProductAdmin, "inlines", [MerchandisingInline])
    client = log_in(*MAY_CHANGE)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")
        assert "cannot be shown at the moment" in opened(client, discs[0])
        if table == "vrs_merchandising_pin":
            sent = section({discs[1]: ("", "1")})
            assert "the database refused" in save(client, discs[0], **sent, price="8")
        cursor.execute(f"ALTER TABLE away RENAME TO {table}")
    if table == "vrs_merchandising_pin":
        assert Product.objects.get(pk=discs[0].pk).price == 8


@pytest.mark.usefixtures("new_process")
@pytest.mark.parametrize("table", ["vrs_merchandising_pin", "vrs_merchandising_hidden"])
def test_a_product_with_a_pin_is_saved_before_our_tables_exist(
    log_in: LogIn, discs: list[Product], table: str
) -> None:
    client = log_in(*MAY_CHANGE)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")
        html = save(client, discs[0], **section({}, to_pin=str(discs[1].pk)), price="8")
        cursor.execute(f"ALTER TABLE away RENAME TO {table}")
    assert "the database refused" in html
    assert Product.objects.get(pk=discs[0].pk).price == 8


def test_the_admin_knows_of_no_fault() -> None:
    assert admin.site.is_registered(Pin)
    assert not ProductAdmin(Product, admin.site).check()
