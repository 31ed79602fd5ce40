"""Which products are described alike."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet, Value
from django.utils.connection import ConnectionDoesNotExist
from pytest_django import DjangoAssertNumQueries

from shop.models import Category, Product
from vrs_app.catalogue import catalogue
from vrs_app.models import ProductText
from vrs_app.queries import fulltext
from vrs_app.queries.fulltext import Word, described_alike

from ..comparing import sync
from ..conftest import MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


@pytest.fixture
def dress(make_shown: MakeShown) -> Product:
    return make_shown(name="Floral midi dress", description="Viscose with a belt", category="a")


def like(product: Product, shown: QuerySet[Product] | None = None, **chosen: Any) -> list[Any]:
    """The names of what is described alike."""
    options: dict[str, Any] = {"limit": 12, "exclude": []} | chosen
    keys = described_alike(product, Product.objects.all() if shown is None else shown, **options)
    names = dict(Product.objects.values_list("pk", "name"))
    return [names[key] for key in keys]


def test_the_best_described_alike_come_first(dress: Product, make_shown: MakeShown) -> None:
    make_shown(name="Plain coat", description="With a floral lining", category="c")
    make_shown(name="Floral midi skirt", description="Viscose", category="b")
    make_shown(name="Boots", category="d")
    assert like(dress) == ["Floral midi skirt", "Plain coat"]
    assert like(dress, limit=1) == ["Floral midi skirt"]


def test_a_word_of_the_title_counts_more_than_one_of_the_description(
    dress: Product, make_shown: MakeShown
) -> None:
    make_shown(name="Coat", description="midi", category="b")
    make_shown(name="Midi", description="coat", category="c")
    assert like(dress) == ["Midi", "Coat"]


def test_words_are_alike_by_their_stem(dress: Product, make_shown: MakeShown) -> None:
    make_shown(name="Dresses", category="b")
    assert like(dress) == ["Dresses"]


def test_the_product_itself_and_what_is_excluded_stay_out(
    dress: Product, make_shown: MakeShown
) -> None:
    near = make_shown(name="Floral dress", category="b")
    assert like(dress) == ["Floral dress"]
    assert like(dress, exclude=[near.pk]) == []


def test_products_without_words_are_like_none(dress: Product, make_shown: MakeShown) -> None:
    make_shown(name="Floral dress", category="b")
    ProductText.objects.filter(product=dress).delete()
    assert like(dress) == []
    assert like(Product(pk=10**9)) == []
    ProductText.objects.create(product=dress, digest="", words=Value(""))
    assert like(dress) == []


@pytest.mark.parametrize(
    "narrow",
    [
        lambda every: every.filter(name="Midi one"),
        lambda every: every.order_by("-name")[1:2],
        lambda every: every.filter(name="Midi one").order_by("name").distinct(),
        lambda every: every.filter(name="Midi one").union(every.filter(name="Boots")),
        lambda every: every.select_related("category").prefetch_related("images").exclude(stock=0),
    ],
    ids=["filtered", "sliced", "distinct", "union", "with relations"],
)
def test_only_what_is_shown_is_found(
    dress: Product,
    make_shown: MakeShown,
    narrow: Callable[[QuerySet[Product]], QuerySet[Product]],
) -> None:
    make_shown(name="Midi one", category="b")
    make_shown(name="Midi two", category="c", stock=0)
    assert like(dress, narrow(Product.objects.all())) == ["Midi one"]


def test_a_filter_that_joins_shows_each_product_once(
    dress: Product, make_shown: MakeShown
) -> None:
    make_shown(shape("disc"), shape("bars"), shape("stripes"), name="Midi one", category="b")
    joined = Product.objects.filter(images__position__gte=0)
    assert joined.count() == 3
    assert like(dress, joined) == ["Midi one"]


def test_words_of_the_description_are_asked_for_where_others_find_too_few(
    dress: Product, make_shown: MakeShown, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pair = make_shown(name="Midi dress", category="b")
    described = make_shown(name="Coat", description="Belted viscose", category="c")
    with django_assert_num_queries(2):
        assert described_alike(dress, Product.objects.all(), limit=1, exclude=[]) == [pair.pk]
    with django_assert_num_queries(3):
        found = described_alike(dress, Product.objects.all(), limit=3, exclude=[])
    assert found == [pair.pk, described.pk]


def test_what_shares_two_words_comes_first_at_every_limit(
    dress: Product, make_shown: MakeShown
) -> None:
    make_shown(name="Dress", description="Belted viscose", category="b")  # one word of the title
    make_shown(name="Lamp", description="floral, midi", category="c")
    assert [like(dress, limit=limit) for limit in (1, 2)] == [["Lamp"], ["Lamp", "Dress"]]


def test_a_product_of_one_word_is_like_those_that_have_it(
    make_shown: MakeShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue(), "category_name", lambda product: None)
    boots = make_shown(name="Boots")
    make_shown(name="Rain boots")
    assert like(boots) == ["Rain boots"]


def test_all_is_asked_of_the_database_that_shows_the_products(dress: Product) -> None:
    nowhere = Product.objects.using("nowhere")
    with pytest.raises(ConnectionDoesNotExist):
        described_alike(dress, nowhere, limit=1, exclude=[])
    assert fulltext.ranked_by_words("'a'", [Word("a", "A")], nowhere, exclude=[]).db == "nowhere"


def test_odd_words_are_found_as_they_are(dress: Product, make_shown: MakeShown) -> None:
    odd = r"'it''s':1A 'a\\b':2 '!&|()<->:*' '%s' '🧥'"
    other = make_shown(name="Odd", category="b")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vrs_app_producttext SET words = %s::tsvector", [odd])
    assert described_alike(dress, Product.objects.all(), limit=3, exclude=[]) == [other.pk]


def test_of_a_long_text_some_words_are_asked_for(dress: Product, make_shown: MakeShown) -> None:
    long = " ".join(f"word{number}" for number in range(3000))
    dress.description = long
    dress.save()
    make_shown(name="Floral", category="b")
    assert len(fulltext._words_of(dress, "default")) == fulltext.MAX_RANKED_WORDS
    assert like(dress) == ["Floral"]


# --- a large catalogue -------------------------------------------------------------------------


COLOURS = ("red", "blue", "green", "white", "black", "grey", "pink", "brown")
KINDS = ("coat", "dress", "skirt", "shirt", "boot")


TEXTS, COPIES = 400, 10

COPY = """
    INSERT INTO vrs_app_producttext (product_id, digest, words, begun)
    SELECT copy.id, digest, words, begun FROM vrs_app_producttext
    JOIN shop_product first ON first.id = product_id
    JOIN shop_product copy ON copy.description = first.description AND copy.id <> first.id
"""


@pytest.fixture
def many(db: None) -> Product:
    """One of some thousand products of five categories, known to the planner.

    Ten have the same texts, which are read once.
    """
    chance = random.Random(7)
    shelves = [Category.objects.create(name=kind, slug=kind) for kind in KINDS]
    described = [
        {
            "name": f"{chance.choice(COLOURS)} w{number % 300}",
            "description": " ".join(f"d{chance.randrange(900)}" for _ in range(60)),
            "category": chance.choice(shelves),
        }
        for number in range(TEXTS)
    ]
    made = Product.objects.bulk_create(
        Product(slug=f"thing-{number}", price=number % 80, **described[number % TEXTS])
        for number in range(TEXTS * COPIES)
    )
    assert sync(*made[:TEXTS]).words == TEXTS
    with connection.cursor() as cursor:
        cursor.execute(COPY)
        assert cursor.rowcount == TEXTS * (COPIES - 1)
        cursor.execute("SELECT gin_clean_pending_list('vrs_words')")  # as autovacuum does
        cursor.execute("ANALYZE vrs_app_producttext, shop_product")
    return made[7]


@pytest.mark.slow
def test_the_index_is_used(many: Product) -> None:
    found = fulltext._words_of(many, "default")
    answer = fulltext.ranked_by_words(
        fulltext._pairs(found), found, Product.objects.on_sale(), exclude=[many.pk]
    )
    assert "Bitmap Index Scan on vrs_words" in answer[:12].explain()
    [best] = answer[:1]
    assert Product.objects.get(pk=best).name.endswith(" w7")


@pytest.mark.slow
def test_a_narrow_filter_does_not_keep_the_answer_short(many: Product) -> None:
    narrow = Product.objects.filter(price=7)
    assert narrow.count() == 50
    found = described_alike(many, narrow, limit=12, exclude=[])
    assert len(set(found)) == 12
    assert set(found) <= set(narrow.values_list("pk", flat=True)) - {many.pk}
