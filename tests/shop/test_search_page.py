"""Searching by words, and by a product and words: what is asked holds, and nothing breaks it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from shop.models import Product
from tests.conftest import LookAlikes, MakeShown
from tests.shapes import shape
from vrs_app.queries import LONGEST_SEARCH
from vrs_app.testing import drain

from .test_similar_page import errors, names
from .test_views import HOSTILE, Tags, html_of, table_gone


@pytest.fixture
def shop(look_alikes: LookAlikes) -> LookAlikes:
    """Four shapes; one disc is called a moon, one stripe is red by its words."""
    Product.objects.filter(pk=look_alikes["disc"][0].pk).update(name="Moon")
    for product in (look_alikes["disc"][0], look_alikes["stripes"][0]):
        product.refresh_from_db()
        product.description = "Lunar"
        product.save()
    drain()
    return look_alikes


def found(client: Client, query: str) -> list[str]:
    return names(html_of(client, f"/search/?{query}"))


def reasons(html: str) -> list[str]:
    return [part.split("</span>")[0] for part in html.split('class="card-reason">')[1:]]


# --- by words --------------------------------------------------------------------------------


def test_what_has_the_words_comes_first_and_what_only_looks_alike_says_so(
    client: Client, shop: LookAlikes
) -> None:
    html = html_of(client, "/search/?words=moon")
    assert names(html)[0] == "Moon"
    assert set(names(html)[1:6]) == {disc.name for disc in shop["disc"][1:]}
    assert reasons(html) == ["Looks like Moon"] * 23
    assert "1 product with these words" in html
    assert "and 23 that look alike" in " ".join(html.split())


def test_what_has_only_some_of_the_words_is_not_said_to_have_them(
    client: Client, shop: LookAlikes, settings: Settings
) -> None:
    html = " ".join(html_of(client, "/search/?words=zeppelin+moon").split())
    assert "1 product with some of these words, and 23 that look alike" in html
    start = shop["bars"][0].slug
    beside = " ".join(html_of(client, f"/search/?like={start}&words=zeppelin+lunar").split())
    assert "2 products with some of these words, and 21 that look alike" in beside
    settings.VRS = {**settings.VRS, "EXPAND": False}
    alone = html_of(client, "/search/?words=zeppelin+lunar")
    assert "2 products with some of these words" in alone
    assert "look alike" not in alone


def test_many_that_have_the_words_need_no_look_alikes(
    client: Client, shop: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.views.results.PAGE_SIZE", 5)
    html = html_of(client, "/search/?words=disc")
    assert reasons(html) == []
    assert "6 products" in html
    assert len(found(client, "words=disc&page=2")) == 1


def test_the_shop_may_do_without_look_alikes(
    client: Client, shop: LookAlikes, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "EXPAND": False}
    assert found(client, "words=moon") == ["Moon"]


def test_the_filters_hold(client: Client, shop: LookAlikes) -> None:
    Product.objects.filter(pk=shop["disc"][0].pk).update(price=80)
    assert "Moon" not in found(client, "words=moon&price_max=50")
    assert "Moon" in found(client, "words=moon&price_min=50&price_max=90")
    in_stripes = found(client, "words=lunar&category=stripes")
    assert set(in_stripes) == {one.name for one in shop["stripes"]}


def test_the_head_of_every_page_searches_and_remembers_the_words(
    client: Client, shop: LookAlikes
) -> None:
    for url in ("/", "/products/moon/", shop["disc"][0].get_absolute_url(), "/search/?words=moon"):
        html = client.get(url).content.decode()
        [form] = [form for form in Tags(html).of("form") if form.get("role") == "search"]
        assert (form["action"], form["method"]) == ("/search/", "get")
        [field] = [each for each in Tags(html).of("input") if each.get("id") == "find-words"]
        assert (field["name"], field["maxlength"]) == ("words", str(LONGEST_SEARCH))
        assert field["value"] == ("moon" if "words" in url else "")
        assert 'href="/search/photo/"' in html


def test_what_was_asked_is_kept_over_the_pages(
    client: Client, shop: LookAlikes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.views.results.PAGE_SIZE", 4)
    tags = Tags(html_of(client, "/search/?words=disc&price_max=50"))
    following = next(a for a in tags.of("a") if a.get("rel") == "next")
    assert parse_qs(urlsplit(str(following["href"])).query) == {
        "words": ["disc"],
        "price_max": ["50"],
        "page": ["2"],
    }


# --- nothing to show ---------------------------------------------------------------------------


def test_words_that_nothing_has_say_so_and_offer_what_is_new(
    client: Client, shop: LookAlikes
) -> None:
    html = html_of(client, "/search/?words=zeppelin")
    assert "We found nothing for “zeppelin”" in html
    assert "New in the shop" in html
    newest = Product.objects.order_by("-created", "-pk")[:8]
    assert names(html) == [product.name for product in newest]


def test_filters_that_leave_nothing_can_be_taken_away(client: Client, shop: LookAlikes) -> None:
    html = html_of(client, "/search/?words=moon&price_min=900&page=3")
    assert "Nothing fits all that you asked for" in html
    links = [a["href"] for a in Tags(html).of("a") if a.get("class") == "button"]
    assert links == ["?words=moon"]


def test_no_words_at_all_ask_for_some(client: Client, shop: LookAlikes) -> None:
    for query in ("", "words=", "words=%20%20", "price_max=5"):
        html = html_of(client, f"/search/?{query}")
        assert "What are you looking for?" in html
        assert "New in the shop" in html


def test_an_empty_shop_can_be_searched(client: Client, db: None) -> None:
    assert "We found nothing" in html_of(client, "/search/?words=moon")


# --- like this one, but ------------------------------------------------------------------------


def test_a_product_and_words_bring_what_is_both(client: Client, shop: LookAlikes) -> None:
    start = shop["stripes"][1]
    html = html_of(client, f"/search/?like={start.slug}&words=lunar")
    assert names(html)[0] == shop["stripes"][0].name
    assert start.name not in names(html)
    assert f"Like {start.name}, but “lunar”" in html
    assert f"Looks like {start.name}" in reasons(html)
    assert len(reasons(html)) == 21


def test_the_shopper_says_which_of_both_counts_more(
    client: Client, shop: LookAlikes, make_shown: MakeShown
) -> None:
    start = shop["bars"][0]
    make_shown(name="Eclipse")  # it has the word and no looks
    alike = {bar.name for bar in shop["bars"]}
    assert found(client, f"like={start.slug}&words=eclipse&alpha=0.25")[0] == "Eclipse"
    assert found(client, f"like={start.slug}&words=eclipse&alpha=0.75")[0] in alike


def test_a_product_alone_brings_its_look_alikes(client: Client, shop: LookAlikes) -> None:
    html = html_of(client, f"/search/?like={shop['bars'][0].slug}")
    assert set(names(html)[:5]) == {bar.name for bar in shop["bars"][1:]}
    assert reasons(html) == []


def test_about_this_price_is_offered_beside_a_product_alone(
    client: Client, shop: LookAlikes
) -> None:
    start, near, *_ = shop["bars"]
    Product.objects.exclude(pk__in=[start.pk, near.pk]).update(price=100)
    like = f"like={start.slug}&words=lunar&price_within=0.2"
    assert found(client, like) == [near.name]
    fields = [
        field.get("name") for field in Tags(html_of(client, "/search/?words=moon")).of("input")
    ]
    assert "price_within" not in fields


def test_the_pages_of_a_product_lead_there(client: Client, shop: LookAlikes) -> None:
    start = shop["bars"][0]
    for url in (start.get_absolute_url(), f"{start.get_absolute_url()}similar/"):
        tags = Tags(html_of(client, url))
        hidden = [each for each in tags.of("input") if each.get("name") == "like"]
        assert [each["value"] for each in hidden] == [start.slug]
        assert "like-words" in {label["for"] for label in tags.of("label")}


def test_a_product_that_is_gone_leaves_the_words(client: Client, shop: LookAlikes) -> None:
    Product.objects.filter(pk=shop["bars"][0].pk).update(published=False)
    for slug in (shop["bars"][0].slug, "none", "%00", "ä ö", HOSTILE):
        html = html_of(client, f"/search/?like={slug}&words=moon")
        assert "no longer here" in html
        assert names(html)[0] == "Moon"
        assert HOSTILE not in html


def test_a_product_without_a_vector_yet_leaves_the_words(
    client: Client, shop: LookAlikes, make_shown: MakeShown
) -> None:
    new = make_shown(shape("disc"), name="Not compared yet")
    assert found(client, f"like={new.slug}&words=moon")[0] == "Moon"


# --- what cannot be read ----------------------------------------------------------------------


def test_what_cannot_be_read_is_said_beside_its_field_and_left_out(
    client: Client, shop: LookAlikes
) -> None:
    start = shop["disc"][0]
    for query, field, says in (
        ("price_max=NaN", "price_max", "an amount such as 50"),
        ("category=nothing", "category", "no such category"),
        ("alpha=7", "alpha", "one of these"),
        (f"words={'x' * (LONGEST_SEARCH + 1)}", "words", f"{LONGEST_SEARCH} characters"),
    ):
        html = html_of(client, f"/search/?like={start.slug}&{query}")
        assert list(errors(html)) == [field]
        assert says in errors(html)[field]
        assert len(names(html)) == 23


def test_words_that_cannot_be_read_are_said_so(client: Client, shop: LookAlikes) -> None:
    too_long = html_of(client, f"/search/?words={'x' * (LONGEST_SEARCH + 1)}")
    assert f"Write {LONGEST_SEARCH} characters at most." in too_long
    assert "Null characters" in html_of(client, "/search/?words=a%00b")


@pytest.mark.slow
def test_nothing_written_into_the_address_breaks_the_page(
    client: Client, shop: LookAlikes
) -> None:
    hostile = (
        "%00",
        "%FF",
        HOSTILE,
        "9" * 5000,
        "1e-99999999",
        "٣",
        "' | & ! <-> :*",
        "%F0%9F%91%97",
    )
    for start in ("", f"like={shop['disc'][0].slug}&"):
        for field in ("words", "price_min", "category", "diversity", "alpha", "page", "like"):
            for value in hostile:
                assert HOSTILE not in html_of(client, f"/search/?{start}{field}={value}")


@pytest.mark.parametrize(
    "table", ["vrs_app_indexedimage", "vrs_app_embeddingspace", "vrs_app_producttext"]
)
@pytest.mark.parametrize("query", ["words=moon", "like=thing-8&words=moon", "words="])
def test_the_page_is_served_while_our_tables_are_missing(
    client: Client, shop: LookAlikes, table: str, query: str
) -> None:
    with table_gone(table):
        html_of(client, f"/search/?{query}")


def test_words_are_found_while_there_are_no_vectors(
    client: Client, db: None, make_shown: MakeShown
) -> None:
    make_shown(name="Moon")
    assert found(client, "words=moon") == ["Moon"]


# --- in every browser --------------------------------------------------------------------------


def test_every_field_has_a_label_and_the_page_no_script(client: Client, shop: LookAlikes) -> None:
    html = html_of(client, f"/search/?like={shop['disc'][0].slug}&words=moon")
    tags = Tags(html)
    labelled = {label["for"] for label in tags.of("label")}
    fields = [*tags.of("input"), *tags.of("select")]
    seen = [field for field in fields if field.get("type") != "hidden"]
    assert {field["id"] for field in seen} == labelled
    assert tags.of("script") == []
    assert {form["method"] for form in tags.of("form")} == {"get"}
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(ids) == len(set(ids))
