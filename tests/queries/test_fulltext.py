import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from pytest_django import Settings

from shop.models import Product
from vrs_app.models import IndexedImage, ProductText
from vrs_app.queries import MatchLevel
from vrs_app.queries.fulltext import SearchTerms, match_terms

from ..comparing import sync, sync_all
from ..conftest import MakeShown
from ..shapes import shape

pytestmark = pytest.mark.django_db


def found(words: str, shown: QuerySet[Any] | None = None, **options: Any) -> list[str]:
    """The names of the products with these words, best first."""
    shown = Product.objects.all() if shown is None else shown
    names = dict(Product.objects.values_list("pk", "name"))
    return [names[key] for key, _ in match_terms(SearchTerms(words), shown, **options).rows]


def level(words: str) -> MatchLevel:
    return match_terms(SearchTerms(words), Product.objects.all()).level


@pytest.fixture
def wardrobe(make_shown: MakeShown) -> None:
    make_shown(name="Floral skirt", category="skirts", pattern="floral", colour="blue")
    make_shown(name="Plain skirt", category="skirts", description="Goes with blue dresses.")
    make_shown(name="Blue dress", category="dresses")
    make_shown(name="T-shirt 3.5", category="tees", pattern="numeric print")


@pytest.mark.usefixtures("wardrobe")
@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("floral skirt", ["Floral skirt"]),
        ("skirts", ["Floral skirt", "Plain skirt"]),
        ("numeric print", ["T-shirt 3.5"]),
        ("blue dress", ["Blue dress", "Plain skirt"]),
        ("t-shirt", ["T-shirt 3.5"]),
        ("3.5", ["T-shirt 3.5"]),
        ("the floral", ["Floral skirt"]),
    ],
)
def test_words_are_found_wherever_they_stand(words: str, names: list[str]) -> None:
    assert found(words) == names


@pytest.mark.usefixtures("wardrobe")
def test_the_last_word_need_only_be_begun() -> None:
    assert found("flor") == ["Floral skirt"]
    assert found("blue dre") == ["Blue dress", "Plain skirt"]
    assert found("flor dress") != ["Floral skirt"], "any other word stands as a whole"


@pytest.mark.usefixtures("wardrobe")
def test_a_word_counts_by_where_it_stands() -> None:
    assert found("blue") == ["Blue dress", "Floral skirt", "Plain skirt"]


@pytest.mark.usefixtures("wardrobe")
def test_where_nothing_has_all_words_any_will_do() -> None:
    assert found("floral umbrella") == ["Floral skirt"]
    assert found("umbrella") == []


@pytest.mark.usefixtures("wardrobe")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("floral skirt", MatchLevel.FULL),
        ("floral ski", MatchLevel.FULL),
        ("the skirt", MatchLevel.FULL),
        ("skirt the", MatchLevel.FULL),
        ("floral umbrella", MatchLevel.PARTIAL),
    ],
)
def test_it_says_whether_all_words_were_found(words: str, expected: MatchLevel) -> None:
    assert level(words) == expected


# --- a word of which only the first letters are written ------------------------------------


@pytest.fixture
def leggings(make_shown: MakeShown) -> None:
    make_shown(name="Over the knee boots", category="boots")
    make_shown(name="Tights", category="leggings", pattern="numeric print")
    make_shown(name="Warm leggings", category="tights", description="Interesting.")


@pytest.mark.usefixtures("leggings")
@pytest.mark.parametrize("words", ["leg", "legg", "leggi", "leggin", "leggings", "the legg"])
def test_its_letters_may_end_within_the_ending(words: str) -> None:
    assert found(words) == ["Warm leggings", "Tights"], "the title counts more than the category"
    assert level(words) == MatchLevel.FULL


@pytest.mark.usefixtures("leggings")
def test_the_other_words_hold_beside_its_letters() -> None:
    assert found("warm leggin") == ["Warm leggings"]
    assert found("leggings numeri") == ["Tights"]
    assert (found("umbrella leggin"), level("umbrella leggin")) == (
        ["Warm leggings", "Tights"],
        MatchLevel.PARTIAL,
    )
    assert found("legg warm") == ["Warm leggings"], "any other word stands as a whole"


@pytest.mark.usefixtures("leggings")
def test_a_measured_colour_may_be_begun_and_a_description_only_by_its_stem(
    make_shown: MakeShown,
) -> None:
    product = make_shown(shape(), name="Coat")
    IndexedImage.objects.filter(product=product).update(colours={"burgundy": 0.9})
    sync(product)
    assert found("burgund") == found("burgundy") == ["Coat"]
    assert found("interesti") == []


@pytest.mark.usefixtures("leggings")
def test_what_says_nothing_is_no_beginning() -> None:
    assert found("the") == []
    assert found("umbrella the") == []


@pytest.mark.usefixtures("leggings")
def test_rows_from_before_are_found_as_before_until_they_are_written_anew() -> None:
    noted = dict(ProductText.objects.values_list("pk", "words"))
    ProductText.objects.update(begun="", digest="x")
    assert found("leggings") == ["Warm leggings", "Tights"]
    assert found("umbrella leggings") == ["Warm leggings", "Tights"]
    assert found("leggin") == []
    assert sync_all().words == 3
    assert found("leggin") == ["Warm leggings", "Tights"]
    assert dict(ProductText.objects.values_list("pk", "words")) == noted


@pytest.mark.usefixtures("leggings")
@pytest.mark.parametrize(
    ("words", "indexes"), [("legg", {"vrs_words", "vrs_begun"}), ("warm legg", {"vrs_words"})]
)
def test_the_indexes_are_used_and_nothing_else_is_asked(words: str, indexes: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # three rows are read without an index
        cursor.execute("SET LOCAL enable_indexscan = off")
    plan = match_terms(SearchTerms(words), Product.objects.all()).rows.explain()
    assert "BitmapOr" in plan
    assert set(re.findall(r"Bitmap Index Scan on (vrs_\w+)", plan)) >= indexes
    assert "numnode" not in plan


@pytest.mark.usefixtures("wardrobe")
def test_only_what_may_be_shown_is_found() -> None:
    assert found("skirt", Product.objects.filter(name="Plain skirt")) == ["Plain skirt"]
    floral = Product.objects.get(name="Floral skirt")
    assert found("skirt", exclude=[floral.pk]) == ["Plain skirt"]


@pytest.mark.usefixtures("wardrobe")
@pytest.mark.parametrize(
    "words",
    [
        "dress'",
        "dr\\ess",
        "d''\\'':*",
        "b | !c",
        "dress <-> a",
        "skirt:*",
        "((d",
        "d\0",
        "%d_%",
        "\ud800d",
    ],
)
def test_no_sign_breaks_a_search(words: str) -> None:
    found(words)
    assert "Plain skirt" in found(f"{words} skirt")


@pytest.mark.usefixtures("wardrobe")
@pytest.mark.parametrize("words", ["the", "the of and"])
def test_words_that_say_nothing_find_nothing(words: str) -> None:
    assert found(words) == []


@pytest.mark.parametrize("words", ["", "   ", "\0", "<p></p>", "'", "- &"])
def test_a_search_without_words_is_none(words: str) -> None:
    assert not SearchTerms(words)


@pytest.mark.usefixtures("wardrobe")
def test_a_search_of_thousands_of_words_is_cut() -> None:
    assert found("skirt " * 16 + "umbrella " * 5_000) == ["Floral skirt", "Plain skirt"]


def test_words_are_read_in_the_shops_language(make_shown: MakeShown, settings: Settings) -> None:
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "german"}
    make_shown(name="Rote Kleider")
    assert found("rotes kleid") == ["Rote Kleider"]
