"""Measured colours in words that a search finds."""

from collections.abc import Mapping

from django.conf import settings

from .palette import called
from .vocabulary import WORDS

OTHERWISE = "en"
"""The language where there are no words in another."""

NAMED_FROM = 0.3
"""Share of the garment from which shoppers call it by a colour."""


def words_of(colours: Mapping[str, float], language: str = "") -> str:
    """Each word once per tenth of the garment that it fits.

    So that PostgreSQL, which counts how often a word occurs, ranks by the share. Of a garment of
    many small colours the largest are named. Names that the palette does not know (any more)
    are passed over. `language` is a code such as "de" or "pt-br", the settings' LANGUAGE_CODE
    where it is empty; a language that has no words here is answered in English.
    """
    words = WORDS.get(_first_part(language or settings.LANGUAGE_CODE), WORDS[OTHERWISE])
    shares = called(colours)
    least = min(NAMED_FROM, max(shares.values(), default=0.0))
    return " ".join(
        " ".join([words[name]] * max(round(10 * share), 1))
        for name, share in shares.items()
        if share >= least
    )


def _first_part(code: str) -> str:
    return code.lower().replace("_", "-").partition("-")[0]
