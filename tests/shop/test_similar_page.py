"""The page of all similar products: what a shopper asks for holds, and nothing breaks it."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shop.models import Category, Product
from tests.conftest import EmbedAll, LookAlikes, MakeShown
from tests.shapes import shape

from .test_views import HOSTILE, Tags, html_of, table_gone


@pytest.fixture
def disc(look_alikes: LookAlikes) -> Product:
    """A disc for €10 in a shop with five others and eighteen other shapes."""
    return look_alikes["disc"][0]


def address(product: Product, query: str = "") -> str:
    return f"/products/{product.slug}/similar/?{query}"


def names(html: str) -> list[str]:
    """The products that a page shows as cards, in their order."""
    links = [a for a in Tags(html).of("a") if a.get("class") == "card"]
    slugs = [urlsplit(str(link["href"])).path.split("/")[-2] for link in links]
    return [Product.objects.get(slug=slug).name for slug in slugs]


def errors(html: str) -> dict[str, str]:
    """What stands beside each field, by the field's name."""
    fields = [tag for kind in ("input", "select") for tag in Tags(html).of(kind)]
    wrong = [tag for tag in fields if tag.get("aria-invalid") == "true"]
    return {str(tag["name"]): _text_of(html, str(tag["aria-describedby"])) for tag in wrong}


def _text_of(html: str, identifier: str) -> str:
    return html.split(f'id="{identifier}"')[1].split("<li>")[1].split("</li>")[0]


# --- what it shows ---------------------------------------------------------------------------


def test_the_most_similar_come_first_and_the_product_itself_never(
    client: Client, look_alikes: LookAlikes
) -> None:
    first, *others = look_alikes["disc"]
    shown = names(html_of(client, address(first)))
    assert set(shown[:5]) == {other.name for other in others}
    assert first.name not in shown
    assert len(shown) == 23


def test_the_product_page_leads_to_it_where_there_is_a_carousel(
    client: Client, disc: Product, make_shown: MakeShown
) -> None:
    link = f'href="/products/{disc.slug}/similar/"'
    assert link in html_of(client, disc.get_absolute_url())
    Product.objects.exclude(pk=disc.pk).update(published=False)
    assert link not in html_of(client, disc.get_absolute_url())


def test_a_card_shows_the_picture_that_looks_alike(
    client: Client, disc: Product, make_shown: MakeShown, embed_all: EmbedAll
) -> None:
    both = make_shown(shape("bars"), shape("disc", seed=99), name="Both", category="disc")
    embed_all()
    images = Tags(html_of(client, address(disc, "category=disc"))).of("img")
    assert [image for image in images if f"{both.slug}-1" in str(image["src"])]
    assert not [image for image in images if f"{both.slug}-0" in str(image["src"])]


def test_the_count_is_honest_about_where_it_ends(
    client: Client, disc: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "23 similar products" in html_of(client, address(disc))
    monkeypatch.setattr("shop.views.results.MAX_RESULTS", 10)
    html = html_of(client, address(disc))
    assert "The 10 most similar products" in html
    assert len(names(html)) == 10


def test_links_carry_the_campaign_of_the_shop(
    client: Client, disc: Product, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "CAMPAIGN": {"from": "{source}-{position}"}}
    links = [a["href"] for a in Tags(html_of(client, address(disc))).of("a")]
    assert [link for link in links if str(link).endswith("/?from=visual-23")]


def test_a_long_answer_costs_no_more_queries(client: Client, disc: Product) -> None:
    with CaptureQueriesContext(connection) as all_of_them:
        html_of(client, address(disc))
    Product.objects.filter(category__slug__in=["bars", "stripes"]).update(published=False)
    with CaptureQueriesContext(connection) as half:
        html_of(client, address(disc))
    assert len(all_of_them) == len(half)


# --- what may be asked -----------------------------------------------------------------------


def test_look_alikes_of_one_category_within_a_budget(
    client: Client, look_alikes: LookAlikes
) -> None:
    disc, (cheap, dear, *_) = look_alikes["disc"][0], look_alikes["bars"]
    Product.objects.filter(category=dear.category).update(price=Decimal(80))
    Product.objects.filter(pk=cheap.pk).update(price=Decimal("59.90"))
    html = html_of(client, address(disc, "category=bars&price_min=50&price_max=60"))
    assert names(html) == [cheap.name]
    assert "1 similar product<" in html


def test_an_amount_may_be_written_as_people_write_it(
    client: Client, look_alikes: LookAlikes
) -> None:
    disc, cheap = look_alikes["disc"][:2]
    Product.objects.exclude(pk=cheap.pk).update(price=20)
    for written in ("12.50", " 12.50 ", "€12.50", "12.50 €"):
        html = html_of(client, address(disc, f"price_max={written}"))
        assert errors(html) == {}
        assert names(html) == [cheap.name]


def test_about_this_price_is_a_fifth_less_to_a_fifth_more(
    client: Client, look_alikes: LookAlikes
) -> None:
    disc, low, high, too_low, too_high, _ = look_alikes["disc"]
    Product.objects.exclude(pk=disc.pk).update(price=100)
    for product, price in ((low, 8), (high, 12), (too_low, "7.99"), (too_high, "12.01")):
        Product.objects.filter(pk=product.pk).update(price=price)
    html = html_of(client, address(disc, "price_within=0.2"))
    assert set(names(html)) == {low.name, high.name}
    assert "€8.00 to €12.00" in html


@pytest.mark.slow
def test_variety_brings_other_shapes_forward(client: Client, look_alikes: LookAlikes) -> None:
    disc = look_alikes["disc"][0]
    alike = {other.name for other in look_alikes["disc"]}
    assert set(names(html_of(client, address(disc)))[:5]) <= alike
    assert not set(names(html_of(client, address(disc, "diversity=0.5")))[:5]) <= alike


def test_what_was_asked_is_kept_over_the_pages(
    client: Client, disc: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.views.results.PAGE_SIZE", 5)
    query = "price_max=50&price_within=0.2&diversity=0.2"
    tags = Tags(html_of(client, address(disc, query)))
    following = next(a for a in tags.of("a") if a.get("rel") == "next")
    asked = parse_qs(urlsplit(str(following["href"])).query)
    assert asked.pop("page") == ["2"]
    assert asked == parse_qs(query)
    checked = [tag for tag in tags.of("input") if tag.get("name") == "price_within"]
    assert "checked" in checked[0]
    first = set(names(html_of(client, address(disc, query))))
    second = set(names(html_of(client, address(disc, f"{query}&page=2"))))
    assert len(first | second) == 10


# --- what cannot be read ----------------------------------------------------------------------


UNREADABLE = [
    ("price_min=cheap", "price_min", "an amount such as 50"),
    ("price_max=NaN", "price_max", "an amount such as 50"),
    ("price_max=Infinity", "price_max", "an amount such as 50"),
    ("price_min=-1", "price_min", "below 0"),
    ("price_max=1e99", "price_max", "too large"),
    ("price_max=9.999", "price_max", "two places"),
    ("price_min=60&price_max=50", "price_max", "below the lowest price"),
    ("category=nothing", "category", "no such category"),
    ("diversity=5", "diversity", "one of these"),
]


@pytest.mark.slow
def test_what_cannot_be_read_is_said_beside_its_field_and_left_out(
    client: Client, disc: Product
) -> None:
    for query, field, says in UNREADABLE:
        html = html_of(client, address(disc, query))
        assert list(errors(html)) == [field]
        assert says in errors(html)[field]
        assert len(names(html)) == 23


def test_a_page_number_that_is_none_shows_a_page_all_the_same(
    client: Client, disc: Product
) -> None:
    for page in ("999", "0", "-1", "two", "", "1e9", "%00"):
        assert len(names(html_of(client, address(disc, f"page={page}")))) == 23, page


@pytest.mark.slow
def test_nothing_written_into_the_address_breaks_the_page(client: Client, disc: Product) -> None:
    for field in ("price_min", "price_max", "category", "diversity", "price_within", "other"):
        for value in ("%00", "%FF", HOSTILE, "9" * 5000, "1e-99999999", "٣"):
            assert HOSTILE not in html_of(client, address(disc, f"{field}={value}"))


# --- nothing to show ---------------------------------------------------------------------------


def test_where_nothing_fits_the_way_out_takes_away_the_price_limits_alone(
    client: Client, disc: Product
) -> None:
    html = html_of(client, address(disc, "price_min=900&category=disc&page=3"))
    assert "Nothing similar fits" in html
    links = [a["href"] for a in Tags(html).of("a") if a.get("class") == "button"]
    assert links == ["?category=disc"]


def test_where_nothing_of_a_category_fits_the_way_out_is_to_start_again(
    client: Client, disc: Product, make_shown: MakeShown
) -> None:
    make_shown(category="hats")  # without a picture it looks like nothing
    html = html_of(client, address(disc, "category=hats"))
    assert "Nothing similar fits" in html
    links = [a["href"] for a in Tags(html).of("a") if a.get("class") == "button"]
    assert links == [f"/products/{disc.slug}/similar/"]


def test_a_product_not_compared_yet_says_so_and_leads_to_its_category(
    client: Client, disc: Product, make_shown: MakeShown
) -> None:
    new = make_shown(shape("disc"), category="disc", name="New")
    html = html_of(client, address(new, "price_max=1"))
    assert "not compared this product" in html
    assert "price_max" not in {field["name"] for field in Tags(html).of("input")}
    assert f'href="{Category.objects.get(slug="disc").get_absolute_url()}"' in html


def test_an_unpublished_or_unknown_product_has_no_such_page(client: Client, disc: Product) -> None:
    Product.objects.filter(pk=disc.pk).update(published=False)
    assert client.get(address(disc)).status_code == 404
    assert client.get("/products/none/similar/").status_code == 404


def test_a_sold_out_product_keeps_its_look_alikes_and_is_none_itself(
    client: Client, look_alikes: LookAlikes
) -> None:
    gone, other = look_alikes["disc"][:2]
    Product.objects.filter(pk=gone.pk).update(stock=0)
    assert other.name in names(html_of(client, address(gone)))
    assert gone.name not in names(html_of(client, address(other)))


@pytest.mark.parametrize("table", ["vrs_app_indexedimage", "vrs_app_embeddingspace"])
def test_the_page_is_served_while_our_tables_are_missing(
    client: Client, disc: Product, table: str
) -> None:
    with table_gone(table):
        assert disc.name in html_of(client, address(disc))


# --- in other tongues and without scripts --------------------------------------------------------


def test_every_field_has_a_label_and_the_page_no_script(client: Client, disc: Product) -> None:
    tags = Tags(html_of(client, address(disc)))
    labelled = {label["for"] for label in tags.of("label")}
    fields = [*tags.of("input"), *tags.of("select")]
    seen = [field for field in fields if field.get("type") != "hidden"]
    assert {field["id"] for field in seen} == labelled
    assert len(seen) == 7  # five that narrow the answer, and two that search by words
    assert tags.of("script") == []
    assert {form["method"] for form in tags.of("form")} == {"get"}


def test_a_german_writes_a_comma(client: Client, look_alikes: LookAlikes) -> None:
    disc, cheap = look_alikes["disc"][:2]
    Product.objects.exclude(pk=cheap.pk).update(price=20)
    html = client.get(
        address(disc, "price_max=12,50"), headers={"Accept-Language": "de"}
    ).content.decode()
    assert names(html) == [cheap.name]
