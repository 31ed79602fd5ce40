"""The words that colours are noted by."""

from typing import Any

import pytest
from django.utils.translation import override, trans_real
from django.utils.translation.trans_real import CONTEXT_SEPARATOR
from pytest_django import Settings

from vrs_app.colours import words_of
from vrs_app.colours.palette import BY_NAME, SHADES
from vrs_app.colours.wording import WORDS


def test_each_word_is_there_once_per_tenth_of_the_garment() -> None:
    words = words_of({"red": 0.66, "white": 0.34}).split()
    assert (words.count("red"), words.count("white")) == (7, 3)
    assert words[0] == "red"


def test_a_small_part_names_no_garment() -> None:
    assert "white" not in words_of({"red": 0.68, "white": 0.2}).split()
    assert "blue" in words_of({"navy": 0.2, "blue": 0.2, "red": 0.5}).split()


def test_of_many_small_colours_the_largest_are_named() -> None:
    assert words_of({"red": 0.2, "yellow": 0.2, "black": 0.1}).split() == 2 * ["red"] + 2 * [
        "yellow"
    ]


def test_a_shade_has_the_words_of_its_basic_colours_too() -> None:
    words = words_of({"navy": 0.5, "blue": 0.3}).split()
    assert (words.count("blue"), words.count("navy")) == (8, 5)


def test_what_a_shade_may_also_be_called_counts_half() -> None:
    words = words_of({"teal": 0.8}).split()
    assert (words.count("green"), words.count("blue"), words.count("teal")) == (8, 4, 8)


def test_both_spellings_are_found() -> None:
    assert {"grey", "gray"} <= set(words_of({"grey": 0.1}).split())


def test_a_name_that_the_palette_does_not_know_is_passed_over() -> None:
    assert words_of({"octarine": 0.9, "red": 0.1}) == "red"
    assert words_of({}) == ""


def test_every_shade_and_every_basic_colour_has_words() -> None:
    assert set(WORDS) == {shade.name for shade in SHADES}
    assert all(basic in BY_NAME for shade in SHADES for basic in shade.basics)


@pytest.mark.parametrize("active", ["en", "de"])
def test_the_words_are_in_the_shops_language_whatever_the_readers(
    active: str, settings: Settings
) -> None:
    settings.LANGUAGE_CODE = "de"
    translations: Any = trans_real.translation("de")._catalog  # type: ignore[attr-defined]
    key = f"words for a colour{CONTEXT_SEPARATOR}grey gray"
    translations[key] = "grau"
    try:
        with override(active):
            assert words_of({"grey": 0.2}) == "grau grau"
    finally:
        del translations._catalogs[0][key]
