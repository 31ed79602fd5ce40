"""Measured colours as words of the shop's language, for full-text search."""

import csv
from collections.abc import Mapping
from importlib.resources import files

from django.conf import settings

from .palette import shares_by_name

FALLBACK_LANGUAGE = "en"
"""The language of the words where the table has no column for the shop's own."""

SMALLEST_NAMED_SHARE = 0.3
"""Share of the garment, 0 to 1, from which shoppers call it by a colour."""


def _read_table() -> Mapping[str, Mapping[str, str]]:
    """Language → name of the shade → words, from `colour_words.csv`."""
    lines = files("vrs_app.vision").joinpath("colour_words.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    languages = rows[0].keys() - {"colour"}
    return {name: {row["colour"]: row[name] for row in rows} for name in sorted(languages)}


# A table and no message files: a language has as many words for a colour as it likes, and they
# are no sentences to be translated one by one.
WORDS = _read_table()
"""The words for each shade, separated by blanks, by language.

To add a language, add a column to `colour_words.csv`, headed by the first part of Django's code
("pt" for "pt-br"). A shade has the words of its basic colours besides its own. Of a word's forms
(gender, number) the table has those that PostgreSQL's stemmer does not reduce to one.
"""


def words_of(colours: Mapping[str, float], language: str = "") -> str:
    """The words of `colours`, shares of the garment by the palette's names, as one text.

    Each word is repeated once per tenth of the garment that it fits, since PostgreSQL ranks by
    how often a word occurs. Of a garment of many small colours only the largest are named. Names
    that the palette does not know (any more) are ignored. `language` is a code such as "de" or
    "pt-br", LANGUAGE_CODE where it is empty; English where the table lacks it.
    """
    words = WORDS.get(_first_part(language or settings.LANGUAGE_CODE), WORDS[FALLBACK_LANGUAGE])
    shares = shares_by_name(colours)
    smallest = min(SMALLEST_NAMED_SHARE, max(shares.values(), default=0.0))
    return " ".join(
        " ".join([words[name]] * max(round(10 * share), 1))
        for name, share in shares.items()
        if share >= smallest
    )


def _first_part(code: str) -> str:
    """The language alone: "pt" of "pt-br" and "pt_BR"."""
    return code.lower().replace("_", "-").partition("-")[0]
