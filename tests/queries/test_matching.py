from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import Settings

from shop.models import Product
from vrs_app.queries.matching import Wording, matching

from ..conftest import MakeShown

pytestmark = pytest.mark.django_db


def found(words: str, shown: QuerySet[Any] | None = None, **options: Any) -> list[str]:
    """The names of the products with these words, best first."""
    shown = Product.objects.all() if shown is None else shown
    names = dict(Product.objects.values_list("pk", "name"))
    return [names[key] for key, _ in matching(Wording(words), shown, **options)]


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
    assert not Wording(words)


@pytest.mark.usefixtures("wardrobe")
def test_a_search_of_thousands_of_words_is_cut() -> None:
    assert found("skirt " * 16 + "umbrella " * 5_000) == ["Floral skirt", "Plain skirt"]


def test_words_are_read_in_the_shops_language(make_shown: MakeShown, settings: Settings) -> None:
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "german"}
    make_shown(name="Rote Kleider")
    assert found("rotes kleid") == ["Rote Kleider"]
