"""The words that colours are noted by."""

from collections.abc import Mapping

import pytest
from django.db import connection
from django.utils.translation import override
from pytest_django import Settings

from vrs_app.infra.text_search import text_language
from vrs_app.models import IndexedImage
from vrs_app.queries import search
from vrs_app.vision.colour_terms import WORDS, words_of
from vrs_app.vision.palette import BY_NAME, SHADES

from ..comparing import sync
from ..conftest import MakeShown
from ..shapes import shape


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
    for language, words in WORDS.items():
        assert set(words) == {shade.name for shade in SHADES}, language
        assert all(words.values()), language
    assert all(basic in BY_NAME for shade in SHADES for basic in shade.basics)


def test_a_language_is_asked_for_by_its_code() -> None:
    assert words_of({"blue": 0.2}, "de-at").split() == ["blau", "blau"]
    assert words_of({"red": 0.1}, "pt_BR") == "vermelho"
    assert words_of({"blue": 0.1}, "ja") == "blue"


@pytest.mark.parametrize("active", ["en", "de"])
def test_the_words_are_in_the_shops_language_whatever_the_readers(
    active: str, settings: Settings
) -> None:
    settings.LANGUAGE_CODE = "de"
    with override(active):
        assert words_of({"grey": 0.2}) == "grau grau"


# --- other languages -------------------------------------------------------------------------

WRITTEN: Mapping[str, Mapping[str, str]] = {
    "en": {"blue": "blue", "grey": "grey gray", "burgundy": "wine burgundy"},
    "de": {
        "blue": "blau blaue blaues blauer blauen",
        "white": "weiß weiße weißes weiss weisse",
        "green": "grün grüne grünes grüner",
        "black": "schwarz schwarzes schwarze",
        "red": "rot rote rotes roter",
        "purple": "lila violett violettes",
        "navy": "dunkelblaue dunkelblaues marineblau",
        "light grey": "hellgraue silber",
        "dark green": "dunkelgrünes",
        "orange": "orange",
        "olive": "oliv olive olivgrünes",
    },
    "fr": {
        "blue": "bleu bleue bleues bleus",
        "white": "blanc blanche blancs blanches",
        "green": "vert verte vertes verts",
        "grey": "gris grise grises",
        "black": "noir noire noires noirs",
        "purple": "violet violette violettes",
        "brown": "marron marrons brun brune",
        "navy": "bleue marine foncée",
        "light blue": "clair claire ciel bleu",
        "red": "rouge rouges",
        "pink": "rose roses",
    },
    "es": {
        "blue": "azul azules",
        "red": "rojo roja rojos rojas",
        "white": "blanco blanca blancos blancas",
        "black": "negro negra negros",
        "brown": "marrón marrones",
        "purple": "morado morada moradas",
        "yellow": "amarillo amarilla",
        "dark green": "verde oscuro oscura verdes",
        "light blue": "claro clara celeste celestes",
        "navy": "marino",
        "pink": "rosa rosas",
        "orange": "naranja naranjas",
    },
    "it": {
        "blue": "blu",
        "red": "rosso rossa rossi rosse",
        "white": "bianco bianca bianchi bianche",
        "grey": "grigio grigia grigi grigie",
        "green": "verde verdi",
        "brown": "marrone marroni",
        "light blue": "azzurro azzurra azzurri chiaro chiara",
        "orange": "arancione arancioni",
        "yellow": "giallo gialla gialle",
    },
    "nl": {
        "blue": "blauw blauwe",
        "red": "rood rode",
        "white": "wit witte",
        "grey": "grijs grijze",
        "yellow": "geel gele",
        "purple": "paars paarse",
        "green": "groen groene",
        "navy": "donkerblauw donkerblauwe blauwe",
        "light grey": "lichtgrijs lichtgrijze",
        "black": "zwart zwarte",
        "brown": "bruin bruine",
    },
    "pt": {
        "blue": "azul azuis",
        "red": "vermelho vermelha vermelhos",
        "black": "preto preta pretas",
        "white": "branco branca",
        "grey": "cinza cinzento cinzenta",
        "yellow": "amarelo amarela",
        "purple": "roxo roxa",
        "brown": "castanho castanha marrom marrons",
        "dark green": "verde escuro escura verdes",
        "pink": "rosa",
    },
    "pl": {
        "blue": "niebieski niebieska niebieskie",
        "white": "biały biała białe",
        "navy": "granatowa niebieskie",
        "dark green": "zielona ciemnozielona butelkowe",
    },
}
"""What shoppers write for a garment of one colour, in whatever gender and number."""


@pytest.mark.django_db
@pytest.mark.parametrize("language", WRITTEN)
def test_every_form_of_a_colour_is_found(language: str, settings: Settings) -> None:
    settings.LANGUAGE_CODE = language
    missed = [
        form
        for name, forms in WRITTEN[language].items()
        for form in forms.split()
        if not _is_found(form, words_of({name: 0.9}), text_language())
    ]
    assert missed == []


def _is_found(word: str, text: str, configuration: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_tsvector(%s::regconfig, %s) @@ plainto_tsquery(%s::regconfig, %s)",
            [configuration, text, configuration, word],
        )
        (is_found,) = cursor.fetchone()
        return bool(is_found)


@pytest.mark.django_db
@pytest.mark.parametrize("language", WORDS)
def test_every_word_says_something_in_its_language(language: str, settings: Settings) -> None:
    settings.LANGUAGE_CODE = language
    words = {word for each in WORDS[language].values() for word in each.split()}
    assert [word for word in sorted(words) if not _is_found(word, word, text_language())] == []


@pytest.mark.django_db
def test_an_inflected_colour_finds_what_no_text_calls_so(
    make_shown: MakeShown, settings: Settings
) -> None:
    settings.VRS = {**settings.VRS, "TEXT_LANGUAGE": "german"}
    blue, red = make_shown(shape(), name="Kleid"), make_shown(shape("bars"), name="Kleider")
    for product, colour in ((blue, "blue"), (red, "red")):
        IndexedImage.objects.filter(product=product).update(colours={colour: 0.9})
        sync(product)
    for words in ("blaues Kleid", "blaue Kleider", "Kleid blau", "Kleider, blaues"):
        assert [item.product for item in search(words, expand=False)] == [blue]
